import { decodeUtf8, OvError, printable } from "../../base/mod.ts";
import { makeRandom } from "../../crypto/envelope.ts";
import { refuseCanaries } from "../canary.ts";
import type { Door } from "../door.ts";
import {
  type ExportFormat,
  formatEntries,
  githubEnvironment,
  type PlainEntry,
  registerMasks,
} from "../export_formats.ts";
import { fileError, prepareFile } from "../files.ts";
import type { Handlers } from "../handlers.ts";
import { type MachineOptions, openByMachineKey } from "../machine_door.ts";
import { writeWhole } from "../output.ts";
import type { EnvRef } from "../protocol.ts";
import { MachineSession } from "../session_machine.ts";
import type { VaultSession } from "../vault_session.ts";

/** `ov export --plain`: the typed password, or a machine key that was made for it. */
export function exportHandlers(door: Door): Pick<Handlers, "export"> {
  return {
    export: async ({ format, output, only, machineKey, bundle }) => {
      if (format === "gha") requireRunner(door);
      const { session, ref } = await open(door, output, { machineKey, bundle });
      const names = await namesFor(door, session, ref, only);
      if (!(session instanceof MachineSession)) {
        const { app, env } = ref;
        await session.appendAudit({ action: "export", origin: "human", app, env, secrets: names, format });
      }
      const entries: PlainEntry[] = [];
      for (const name of names) entries.push({ key: name, value: await plainValue(session, ref, name) });
      const path = output === null ? null : door.path(output);
      const unmasked = await write(format, path, entries);
      return { names, output: path, unmasked };
    },
  };
}

/** @throws OvError `policy/denied` for a machine key that may not; as {@link Door.unlockTyped} */
async function open(
  door: Door,
  output: string | null,
  options: MachineOptions,
): Promise<{ session: VaultSession | MachineSession; ref: EnvRef }> {
  const machine = await openByMachineKey(door, options);
  if (machine !== null) {
    if (machine.terms.allowExport) return { session: machine, ref: machine.ref };
    throw new OvError("policy/denied", `Cannot export: the machine key ${machine.terms.name} may not`, {
      hint: "Make one with --allow-export, or run the command under `ov run`, which needs no file.",
    });
  }
  const { app, env } = door.context();
  const where = output === null ? "" : ` into ${printable(output)}`;
  const session = await door.unlockTyped(`Write the secrets of ${app}/${env} in plain text${where}.`);
  return { session, ref: await door.boundContext(session) };
}

async function namesFor(
  door: Door,
  session: VaultSession | MachineSession,
  ref: EnvRef,
  only: readonly string[] | null,
): Promise<string[]> {
  if (only !== null && !(session instanceof MachineSession)) await refuseCanaries(door, session, ref, only, "export");
  const stored = (await session.listSecrets(ref)).filter((secret) => !secret.canary).map(({ name }) => name);
  const missing = only?.filter((name) => !stored.includes(name)) ?? [];
  if (missing.length > 0) {
    throw new OvError("secret/not-found", `Cannot export ${missing.join(", ")}: not in ${ref.app}/${ref.env}`, {
      hint: "`ov secret list` shows what is there.",
    });
  }
  return stored.filter((name) => only === null || only.includes(name));
}

async function plainValue(session: VaultSession | MachineSession, ref: EnvRef, name: string): Promise<string> {
  const secret = await session.getSecret(ref, name);
  // EXPOSE: into the file or onto stdout, after the typed password, or by a machine key that was made for it.
  const value = decodeUtf8(secret.expose());
  secret.wipe();
  if (value !== null) return value;
  throw new OvError("usage/value", `Cannot export ${name}: its value is not UTF-8 text`, {
    hint: "Get it alone with `ov secret get`.",
  });
}

/** @returns names of what was not registered as masked, where that was asked for */
async function write(
  format: ExportFormat,
  path: string | null,
  entries: readonly PlainEntry[],
): Promise<readonly string[]> {
  const encoder = new TextEncoder();
  if (format !== "gha") {
    const bytes = encoder.encode(formatEntries(format, entries));
    if (path === null) await writeWhole(Deno.stdout, bytes);
    else {
      requireNewFile(path);
      prepareFile(path, bytes, 0o600).commit();
    }
    bytes.fill(0);
    return [];
  }
  const variables = githubEnvironment(entries, makeRandom(16));
  // Masked before a later step can print them.
  const { commands, unmasked } = registerMasks(entries);
  await writeWhole(Deno.stdout, encoder.encode(commands));
  if (path !== null) append(path, encoder.encode(variables));
  return unmasked;
}

/** The file that the runner made and named in `GITHUB_ENV`. */
function append(path: string, bytes: Uint8Array): void {
  try {
    Deno.writeFileSync(path, bytes, { append: true, create: false });
  } catch (cause) {
    throw fileError(`Cannot write ${path}`, cause);
  }
}

/** Elsewhere the registration would be nothing but the values, printed. @throws OvError `usage/invalid` */
function requireRunner(door: Door): void {
  if (door.start.environment["GITHUB_ACTIONS"] === "true") return;
  throw new OvError("usage/invalid", "Cannot export for GitHub Actions: this is no step of one", {
    hint: "The format gha speaks to the runner; elsewhere use another one, or `ov run`.",
  });
}

/** An existing file is never overwritten with secrets. @throws OvError `usage/file` */
export function requireNewFile(path: string): void {
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw fileError(`Cannot write ${path}`, error);
  }
  throw new OvError("usage/file", `Cannot write ${path}: it exists already`, { hint: "Name a new file." });
}
