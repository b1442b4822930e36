/** The operations on the agent: `ov unlock`, `ov lock`, `ov agent`. Loaded by those commands only. */
import { join } from "node:path";
import { encodeUtf8, OvError, type Secret, serviceFolder } from "../base/mod.ts";
import { startInBackground } from "../keeper/background.ts";
import type { ActivationCalls, Descriptors, TerminalCalls } from "../keeper/descriptors.ts";
import { currentUid, type Door } from "../keeper/door.ts";
import { fileError, makeFolder, writeFileAtomically } from "../keeper/files.ts";
import { Guard } from "../keeper/guard.ts";
import type { AgentHandlers } from "../keeper/handlers.ts";
import { encodeOpener, type Opener, unlockEntry } from "../keeper/opener.ts";
import { openByOpener } from "../keeper/opening.ts";
import type { AgentView, Params, Result } from "../keeper/protocol.ts";
import { forgetKey, REMEMBER_PURPOSE, rememberedKey, rememberKey, requireKeyring } from "../keeper/remember.ts";
import { VaultSession } from "../keeper/vault_session.ts";
import { Agent } from "./agent.ts";
import { connectAgent, controlAgent, wakeAgent } from "./client.ts";
import { inheritedSocket } from "./inherited.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { Limits } from "./messages.ts";
import { agentPlace, readAgentKey, takePlace } from "./place.ts";
import { connectUnix, UnixListener } from "./unix_socket.ts";
import { type AgentService, agentService } from "./units.ts";

/** Time for a new agent to open the vault, in milliseconds: Argon2id on a slow and busy machine. */
const START_MS = 60_000;

/** How long `ov agent stop` waits for it to end, in milliseconds: its commands have five seconds. */
const STOP_MS = 10_000;

/** What a new agent is told of the environment; what a command gets comes with each client. */
const PASSED_ON = ["HOME", "PATH", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "OV_HOME", "DENO_DIR"] as const;

/** What the operations stand on. */
export interface OperationParts {
  readonly door: Door;
  readonly descriptors: Descriptors | null;
  readonly terminals: TerminalCalls | null;
  /** What a socket of launchd's is asked for with. */
  readonly activation: ActivationCalls | null;
}

/** Every operation on the agent. */
export function agentHandlers(parts: OperationParts): AgentHandlers {
  const { door } = parts;
  return {
    "agent.unlock": (params) => unlock(parts, limitsFrom(params), params.remember === true),
    "agent.forget": () => forgetKey(door),
    "agent.serve": (params) => serve(parts, params),
    "agent.lock": async () => {
      const before = await control(parts, { t: "lock" });
      return { was: before === null ? "none" : before.locked ? "locked" : "unlocked" };
    },
    "agent.stop": async () => {
      const { vaultFolder, platform } = door.start;
      const key = () => readAgentKey(agentPlace(vaultFolder), currentUid(platform)!)?.toHex();
      const before = key();
      if (await control(parts, { t: "stop" }) === null) return { stopped: false };
      // Its key goes with it. To ask at its socket would have a service manager start the next one.
      for (const end = Date.now() + STOP_MS; Date.now() < end && key() === before;) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return { stopped: true };
    },
    "agent.status": async () => ({ agent: await control(parts, { t: "status" }) }),
    "agent.install": () => {
      const { folder, service } = requireService(door);
      makeFolder(folder);
      // systemd makes the socket's folder, launchd does not.
      makeFolder(agentPlace(door.start.vaultFolder).folder, 0o700);
      const files = service.files.map(({ name, content }) => {
        writeFileAtomically(join(folder, name), encodeUtf8(content), 0o600);
        return join(folder, name);
      });
      return Promise.resolve({ files, next: service.enable });
    },
    "agent.uninstall": () => {
      const { folder, service } = requireService(door);
      for (const link of service.links) remove(join(folder, link));
      const files = service.files.map(({ name }) => join(folder, name)).filter(remove);
      return Promise.resolve({ files, next: files.length === 0 ? [] : service.disable });
    },
  };
}

async function unlock(parts: OperationParts, limits: Limits, remember: boolean): Promise<Result<"agent.unlock">> {
  const { door } = parts;
  requireDescriptors(parts);
  door.requireVault();
  if (remember) {
    const keyring = await requireKeyring(door);
    return await door.useTypedPassword(REMEMBER_PURPOSE, async (secret) => {
      await rememberKey(door, keyring, secret);
      return { ...await unlockBy(parts, { by: "password", secret }, limits), remembered: true };
    });
  }
  const key = door.hasPasswordFile ? null : await rememberedKey(door);
  if (key !== null) {
    try {
      return { ...await unlockBy(parts, { by: "remembered", secret: key }, limits), byKeyring: true };
    } catch (error) {
      if (!(error instanceof OvError) || error.code !== "vault/wrong-password") throw error;
      door.parts.terminal.show(
        "The key in the keyring opens nothing any more: ov unlock --remember makes a new one.\n",
      );
    } finally {
      key.wipe();
    }
  }
  const minutes = Math.max(1, Math.round(limits.forMs / 60_000));
  const time = minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
  const purpose = `Unlock the vault for ${time}, for the commands that you allow.`;
  return await door.usePassword(purpose, (secret) => unlockBy(parts, { by: "password", secret }, limits));
}

/** Unlocks the agent that runs, or starts one. */
async function unlockBy(parts: OperationParts, opener: Opener, limits: Limits) {
  const { door } = parts;
  const { vaultFolder, platform } = door.start;
  const channel = await wakeAgent(requireDescriptors(parts), agentPlace(vaultFolder), currentUid(platform)!);
  const running = channel === null ? null : await controlAgent(channel, { t: "unlock", limits }, opener);
  if (running !== null) return { agent: running, started: false };
  return { agent: await startAgent(door, opener, limits), started: true };
}

/** Starts the agent in the background, with what opens the vault on a pipe of its own: never in argv or an environment. */
async function startAgent(door: Door, opener: Opener, limits: Limits): Promise<AgentView> {
  const { self, environment, vaultFolder } = door.start;
  const [program, ...args] = self;
  if (program === undefined) throw new OvError("usage/invalid", "Cannot start the agent: this ov does not know itself");
  const seconds = (ms: number) => `${ms}ms`;
  const input = encodeOpener(opener);
  let line: string | null;
  try {
    line = await startInBackground({
      program,
      args: [
        ...args,
        ...["agent", "start", "--foreground", "--from-pipe"],
        ...["--for", seconds(limits.forMs), "--idle", seconds(limits.idleMs)],
      ],
      workDir: vaultFolder,
      environment: passedOn(environment),
      input,
      timeoutMs: START_MS,
    });
  } catch (cause) {
    throw new OvError("policy/not-baked", "Cannot start the agent: this ov may not start itself", {
      hint: "Start it in another terminal: ov agent start --foreground",
      cause,
    });
  } finally {
    input.fill(0);
  }
  const said = line === null ? null : JSON.parse(line) as Said;
  if (said === null) throw new OvError("internal", "Cannot start the agent: it ended without a word");
  if (!said.ok) throw OvError.fromWire(said.error);
  return said.agent;
}

type Said = { ok: true; agent: AgentView } | { ok: false; error: ReturnType<OvError["toWire"]> };

async function serve(parts: OperationParts, params: Params<"agent.serve">): Promise<{ reason: string }> {
  if (!params.fromPipe) return { reason: await begin(parts, params).then((agent) => agent.ended) };
  let agent: Agent;
  try {
    agent = await begin(parts, params);
  } catch (error) {
    await say({ ok: false, error: OvError.from(error).toWire() });
    throw error;
  }
  await say({ ok: true, agent: agent.view });
  return { reason: await agent.ended };
}

async function begin(parts: OperationParts, params: Params<"agent.serve">): Promise<Agent> {
  const place = agentPlace(parts.door.start.vaultFolder);
  const inherited = params.activated ? inherit(parts, place.socket) : null;
  try {
    return await beginAt(parts, params, inherited);
  } catch (error) {
    // Else the service manager would start us for them again at once.
    inherited?.turnAway();
    throw error;
  }
}

async function beginAt(
  parts: OperationParts,
  params: Params<"agent.serve">,
  inherited: UnixListener | null,
): Promise<Agent> {
  const { door, terminals } = parts;
  const descriptors = requireDescriptors(parts);
  const { vaultFolder, platform } = door.start;
  const uid = currentUid(platform)!;
  if (!VaultSession.exists(vaultFolder)) {
    throw new OvError("vault/not-found", `Cannot open the vault: there is none at ${vaultFolder}`, {
      hint: "Make one with `ov init`.",
    });
  }
  const place = agentPlace(vaultFolder);
  // An agent, or the service manager that starts one now: its socket is not ours to remove.
  const other = inherited === null ? connectUnix(descriptors, place.socket) : null;
  other?.socket.close();
  const taken = other === null ? takePlace(descriptors, place, uid, inherited !== null) : null;
  if (taken === null) {
    throw new OvError("vault/conflict", "Cannot start the agent: this vault has one already", {
      hint: "`ov agent status` shows it; `ov unlock` unlocks it.",
    });
  }
  try {
    const opened = params.locked || inherited !== null ? null : await openVault(door, params.fromPipe);
    const guard = new Guard();
    guard.start();
    const agent = new Agent({
      start: door.start,
      hardening: door.parts.hardening,
      now: door.parts.now,
      guard,
      terminals: terminals === null ? null : { descriptors, calls: terminals },
      descriptors,
      place,
      taken,
      uid,
      pid: Deno.pid,
      clocks: { wall: Date.now, steady: () => performance.now() },
      stays: params.locked && inherited === null,
      inherited,
    });
    if (opened !== null) {
      const limits = limitsFrom(params);
      await opened.session.appendAudit(unlockEntry(opened.by, limits.forMs));
      agent.unlock(opened.session, limits);
    }
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => agent.stop(`it got ${signal}`));
    }
    return agent;
  } catch (error) {
    taken.release();
    throw error;
  }
}

function inherit(parts: OperationParts, path: string): UnixListener {
  const descriptors = requireDescriptors(parts);
  const fd = inheritedSocket(parts.door.start.environment, Deno.pid, parts.activation);
  return UnixListener.inherit(descriptors, fd ?? -1, path);
}

async function openVault(door: Door, fromPipe: boolean): Promise<{ session: VaultSession; by: Opener["by"] }> {
  const o = { folder: door.start.vaultFolder, now: door.parts.now };
  if (fromPipe) return await openByOpener(new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer()), o);
  const open = (password: Secret) => VaultSession.open({ ...o, password });
  return { session: await door.usePassword("Unlock the vault for the agent.", open), by: "password" };
}

/** The one line that whoever started us waits for. */
async function say(said: Said): Promise<void> {
  const bytes = encodeUtf8(`${JSON.stringify(said)}\n`);
  try {
    for (let done = 0; done < bytes.byteLength;) done += await Deno.stdout.write(bytes.subarray(done));
  } catch {
    // They did not wait.
  }
}

async function connect(parts: OperationParts) {
  if (parts.descriptors === null) return null;
  const { vaultFolder, platform } = parts.door.start;
  return await connectAgent(parts.descriptors, agentPlace(vaultFolder), currentUid(platform)!);
}

async function control(parts: OperationParts, request: { t: "status" | "lock" | "stop" }): Promise<AgentView | null> {
  const channel = await connect(parts);
  return channel === null ? null : await controlAgent(channel, request);
}

function requireDescriptors({ descriptors }: OperationParts): Descriptors {
  if (descriptors !== null) return descriptors;
  throw new OvError("usage/invalid", "Cannot use an agent: this platform has none", {
    hint: "Every command unlocks for itself; a password file spares the typing.",
  });
}

/** @returns whether there was such a file */
function remove(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw fileError(`Cannot remove ${path}`, error);
  }
}

/** What leads to the vault, for a service manager that does not know the user's shell. */
const NAMES_PLACES: readonly string[] = ["OV_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "DENO_DIR"];

function requireService(door: Door): { folder: string; service: AgentService } {
  const { platform, self, environment, vaultFolder } = door.start;
  const folder = serviceFolder(environment, platform);
  const own = Object.entries(environment).filter(([name, value]) => NAMES_PLACES.includes(name) && value !== "");
  const service = agentService(platform, self, Object.fromEntries(own), agentPlace(vaultFolder).socket);
  if (folder !== null && service !== null) return { folder, service };
  throw new OvError("usage/invalid", "Cannot install the agent: no service manager is known for this platform");
}

function passedOn(environment: Readonly<Record<string, string>>): Record<string, string> {
  const wanted = (name: string) => (PASSED_ON as readonly string[]).includes(name) || name.startsWith("XDG_");
  return Object.fromEntries(Object.entries(environment).filter(([name]) => wanted(name)));
}

function limitsFrom({ forMs, idleMs }: { forMs: number | null; idleMs: number | null }): Limits {
  const given = forMs ?? DEFAULT_LIMITS.forMs;
  return { forMs: given, idleMs: Math.min(idleMs ?? DEFAULT_LIMITS.idleMs, given) };
}
