/** The way in with a machine key: to one env of this machine's vault, or to a bundle. Nobody is ever asked anything. */
import { OvError } from "../base/mod.ts";
import { MAX_BUNDLE_BYTES, parseBundle } from "../store/mod.ts";
import { currentUid, type Door } from "./door.ts";
import { fileError } from "./files.ts";
import { readMachineKey } from "./machine_key_source.ts";
import { MachineSession } from "./session_machine.ts";
import { VaultSession } from "./vault_session.ts";

/** What the command line names. */
export interface MachineOptions {
  readonly machineKey?: string | undefined;
  readonly bundle?: string | undefined;
}

/**
 * The env that the machine key opens; `null` where no key was given, and no bundle, so that the password decides.
 *
 * @throws OvError `machine-key/…`; `vault/locked` for a bundle without a key; `env/not-found` where another env is named;
 * `usage/file`, `vault/damaged`, `vault/tampered`
 */
export async function openByMachineKey(door: Door, options: MachineOptions): Promise<MachineSession | null> {
  const { platform, environment, vaultFolder } = door.start;
  const key = readMachineKey({
    file: options.machineKey,
    environment,
    path: (given) => door.path(given),
    platform,
    uid: currentUid(platform),
  });
  if (key === null) {
    if (options.bundle === undefined) return null;
    throw new OvError("vault/locked", "Cannot open the bundle: no machine key was given", {
      hint: "Name its file with --machine-key or OV_MACHINE_KEY_FILE, or set OV_MACHINE_KEY; nothing else opens it.",
    });
  }
  try {
    const { now } = door.parts;
    if (options.bundle === undefined && !VaultSession.exists(vaultFolder)) {
      throw new OvError("vault/not-found", `Cannot open the vault: there is none at ${vaultFolder}`, {
        hint: "In CI, name the file that `ov export --bundle FILE` wrote: ov run --bundle FILE …",
      });
    }
    const session = options.bundle === undefined
      ? await MachineSession.openVault(vaultFolder, key, now)
      : await MachineSession.openBundle(parseBundle(readBundle(door.path(options.bundle))), key, now);
    requireSameEnv(door, session);
    return session;
  } finally {
    key.wipe();
  }
}

/** The key decides the env; what was named beside it must be the same. Defaults and `.ov.yaml` choose nothing here. */
function requireSameEnv(door: Door, { ref }: MachineSession): void {
  const { app, env, appFrom, envFrom } = door.context();
  const isNamed = (from: string) => from === "flag" || from === "environment";
  if (!(isNamed(appFrom) && app !== ref.app) && !(isNamed(envFrom) && env !== ref.env)) return;
  throw new OvError("env/not-found", `Cannot use ${app}/${env}: the machine key opens ${ref.app}/${ref.env}`, {
    hint: "Leave --app, --env, OV_APP and OV_ENV out, or give the machine key of that env.",
  });
}

function readBundle(path: string): Uint8Array {
  try {
    const { size, isFile } = Deno.statSync(path);
    if (!isFile || size > MAX_BUNDLE_BYTES) {
      throw new OvError("usage/file", `Cannot open the bundle ${path}: it is no regular file, or too large`);
    }
    return Deno.readFileSync(path);
  } catch (cause) {
    throw fileError(`Cannot open the bundle ${path}`, cause, "read");
  }
}
