/**
 * Where an agent lives: a folder of the vault's own, mode 0700.
 *
 * ```text
 * VAULT/agent/lock     held locked by the one agent of the vault, as long as it lives
 * VAULT/agent/key      32 random bytes, 0600, new for each agent: who can not read it can not make a request
 * VAULT/agent/socket   0600; a service manager may have made it, and listens there while there is no agent
 * ```
 */
import { join } from "node:path";
import { OvError } from "../base/mod.ts";
import type { Descriptors } from "../keeper/descriptors.ts";
import { fileError, makeFolder } from "../keeper/files.ts";

/** Size of the key that requests are authenticated with. */
export const AGENT_KEY_BYTES = 32;

/** The paths of a vault's agent. */
export interface AgentPlace {
  readonly folder: string;
  readonly lock: string;
  readonly key: string;
  readonly socket: string;
}

/** @param vaultFolder absolute */
export function agentPlace(vaultFolder: string): AgentPlace {
  const folder = join(vaultFolder, "agent");
  return { folder, lock: join(folder, "lock"), key: join(folder, "key"), socket: join(folder, "socket") };
}

/** Whether an agent may be there at all: the cheapest question, asked first. Only an agent's life has a key. */
export function mayBeServed(place: AgentPlace): boolean {
  try {
    return Deno.lstatSync(place.key).isFile;
  } catch {
    return false;
  }
}

/**
 * The key of the agent that lives there.
 * @param uid of this process
 * @returns `null` where there is none that is this user's alone
 */
export function readAgentKey(place: AgentPlace, uid: number): Uint8Array<ArrayBuffer> | null {
  try {
    const folder = Deno.lstatSync(place.folder);
    if (!folder.isDirectory || !isPrivate(folder, uid)) return null;
    // The file itself: a link leads to what is not the agent's, and a pipe would be waited for.
    if (!mayBeServed(place)) return null;
    using file = Deno.openSync(place.key, { read: true });
    const stat = file.statSync();
    if (!stat.isFile || !isPrivate(stat, uid) || stat.size !== AGENT_KEY_BYTES) return null;
    const key = new Uint8Array(AGENT_KEY_BYTES);
    return file.readSync(key) === AGENT_KEY_BYTES ? key : null;
  } catch {
    return null;
  }
}

/** The place, taken by this process. */
export interface TakenPlace {
  readonly key: Uint8Array<ArrayBuffer>;
  /** Removes the key, and the socket unless it was handed over, and lets the next agent in. */
  release(): void;
}

/**
 * Takes the place for this process: an exclusive lock that the system drops with the process, a new key, and no socket
 * of an agent that died.
 * @param handedOver whether the socket there is a service manager's, and stays
 * @returns `null` where another agent holds it
 * @throws OvError `vault/not-private`, `io/failed`
 */
export function takePlace(
  all: Descriptors,
  place: AgentPlace,
  uid: number,
  handedOver: boolean,
): TakenPlace | null {
  makeFolder(place.folder, 0o700);
  const stat = Deno.lstatSync(place.folder);
  if (!stat.isDirectory || !isPrivate(stat, uid)) {
    throw new OvError("vault/not-private", `Cannot start the agent: ${place.folder} is not yours alone`, {
      hint: "It must be a folder of yours with mode 0700.",
    });
  }
  const fd = all.libc.openLocked(place.lock);
  if (fd === null) return null;
  if (fd < 0) {
    throw new OvError("io/failed", `Cannot start the agent: ${place.lock} can not be written`, {
      hint: "Check who owns the folder, and whether the disk is full.",
    });
  }
  const lock = all.adopt(fd);
  if (!handedOver) remove(place.socket);
  remove(place.key);
  const key = crypto.getRandomValues(new Uint8Array(AGENT_KEY_BYTES));
  try {
    using file = Deno.openSync(place.key, { write: true, createNew: true, mode: 0o600 });
    file.writeSync(key);
  } catch (cause) {
    remove(place.key);
    lock.close();
    throw fileError(`Cannot start the agent: ${place.key}`, cause);
  }
  return {
    key,
    release() {
      if (!handedOver) remove(place.socket);
      remove(place.key);
      lock.close();
    },
  };
}

function isPrivate(info: Deno.FileInfo, uid: number): boolean {
  return info.uid === uid && ((info.mode ?? 0) & 0o077) === 0;
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
