import { concatBytes, decodeUtf8, isSecretName, MAX_VALUE_BYTES, OvError, Secret } from "../../base/mod.ts";
import { maskability } from "../../mask/mod.ts";
import { refuseCanaries, refuseSettingCanaries } from "../canary.ts";
import type { Door } from "../door.ts";
import { fileError } from "../files.ts";
import { generateValue } from "../generate.ts";
import type { Handlers } from "../handlers.ts";
import { writeWhole } from "../output.ts";
import type { EnvRef, ValueSource } from "../protocol.ts";
import type { VaultSession } from "../vault_session.ts";

type SecretOperations =
  | "secret.set"
  | "secret.generate"
  | "secret.list"
  | "secret.get"
  | "secret.rm"
  | "secret.history"
  | "secret.restore";

/** How long a removed secret can be brought back (DESIGN §7). */
export const RECOVERABLE_MS = 30 * 24 * 60 * 60 * 1000;

/** `ov secret …`. */
export function secretHandlers(door: Door): Pick<Handlers, SecretOperations> {
  return {
    "secret.set": async ({ name, source }) => {
      requireSecretName(name);
      const session = await door.unlock(`Set ${name} in ${place(door)}.`);
      const context = await door.boundContext(session);
      await refuseSettingCanaries(session, context, [name]);
      const { value, newlineRemoved } = await readValue(door, name, source);
      try {
        await record(session, "set", context, name);
        const mask = maskabilityOf(value);
        const [done] = await session.setSecrets(context, [{ name, value, maskable: mask.maskable }]);
        return {
          version: done!.version,
          created: done!.created,
          sizeBytes: value.sizeBytes,
          newlineRemoved,
          maskable: mask.maskable,
          warnings: warningsFor(name, value, mask),
        };
      } finally {
        value.wipe();
      }
    },

    "secret.generate": async ({ name, generate }) => {
      requireSecretName(name);
      const session = await door.unlock(`Generate ${name} in ${place(door)}.`);
      const context = await door.boundContext(session);
      await refuseSettingCanaries(session, context, [name]);
      const value = generateValue(name, generate);
      try {
        await record(session, "generate", context, name);
        const [done] = await session.setSecrets(context, [{ name, value, maskable: true }]);
        return { version: done!.version, created: done!.created };
      } finally {
        value.wipe();
      }
    },

    "secret.list": async ({ deleted }) => {
      const session = await door.unlock(`List the secrets of ${place(door)}.`);
      const { app, env } = door.context();
      await door.requireEnv(session, { app, env });
      const secrets = await session.listSecrets({ app, env }, { deleted });
      return { context: { app, env }, secrets };
    },

    "secret.get": async ({ name, version, newline }) => {
      requireSecretName(name);
      const session = await door.unlockTyped(`Show ${name} of ${place(door)} in plain text.`);
      const context = await door.boundContext(session);
      await refuseCanaries(door, session, context, [name], "secret.get");
      const value = await session.getSecret(context, name, version);
      try {
        await record(session, "get", context, name);
        // EXPOSE: to stdout, after the master password was typed on the terminal just now.
        await writeWhole(Deno.stdout, value.expose());
        if (newline) await writeWhole(Deno.stdout, new Uint8Array([0x0a]));
        return { sizeBytes: value.sizeBytes };
      } finally {
        value.wipe();
      }
    },

    "secret.rm": async ({ name }) => {
      requireSecretName(name);
      const session = await door.unlock(`Remove ${name} from ${place(door)}.`);
      const context = await door.boundContext(session);
      await record(session, "delete", context, name);
      await session.removeSecret(context, name);
      return { recoverableUntil: door.parts.now() + RECOVERABLE_MS };
    },

    "secret.history": async ({ name }) => {
      requireSecretName(name);
      const session = await door.unlock(`Show the versions of ${name} in ${place(door)}.`);
      const context = door.context();
      await door.requireEnv(session, context);
      return { versions: await session.history(context, name) };
    },

    "secret.restore": async ({ name, version }) => {
      requireSecretName(name);
      const session = await door.unlock(`Restore ${name} in ${place(door)}.`);
      const context = await door.boundContext(session);
      await record(session, "restore", context, name);
      await session.restoreSecret(context, name, version);
      const listed = (await session.listSecrets(context)).find((secret) => secret.name === name);
      return { version: listed!.version };
    },
  };
}

/** Comes before the act: what can not be recorded is not done. */
async function record(session: VaultSession, action: string, { app, env }: EnvRef, name: string): Promise<void> {
  await session.appendAudit({ action, origin: "human", app, env, secrets: [name] });
}

function place(door: Door): string {
  const { app, env } = door.context();
  return `${app}/${env}`;
}

/** @throws OvError `usage/name` */
export function requireSecretName(name: string): void {
  if (isSecretName(name)) return;
  throw new OvError("usage/name", "Cannot use that name for a secret: it can not be an environment variable", {
    hint: "Use letters, digits and _, not a digit first.",
  });
}

/** {@link maskability} of a secret. */
export function maskabilityOf(value: Secret): ReturnType<typeof maskability> {
  // EXPOSE: only its length and whether it is a common word are looked at.
  return maskability(value.expose());
}

/** What a person should know of a value that was just set; names, never values. */
function warningsFor(name: string, value: Secret, mask: ReturnType<typeof maskability>): string[] {
  const warnings: string[] = [];
  if (!mask.maskable) warnings.push(`${name} can not be masked in output: ${mask.reason}`);
  // EXPOSE: looked at for two properties, not kept.
  const bytes = value.expose();
  if (bytes.includes(0)) warnings.push(`${name} holds a NUL byte, so it can not be given to a command as a variable`);
  else if (decodeUtf8(bytes) === null) {
    warnings.push(`${name} is not UTF-8, so it can not be given to a command as a variable`);
  }
  return warnings;
}

/** What to do where a value can not be typed. */
const GIVE_VALUE = "Give the value with --stdin or --file FILE.";

/**
 * Reads a value from where the user said. From stdin or a file it is kept byte for byte, except that a single line
 * loses its final line break, which `echo` adds and nobody means, unless `exact`.
 */
async function readValue(
  door: Door,
  name: string,
  source: ValueSource,
): Promise<{ value: Secret; newlineRemoved: boolean }> {
  if (source.kind === "terminal") {
    if (door.nonInteractive) {
      throw new OvError("usage/no-terminal", `Cannot ask for ${name}: --non-interactive is set`, { hint: GIVE_VALUE });
    }
    const value = await door.parts.terminal.readHidden(`Value of ${name}: `, name).catch((error: unknown) => {
      if (!(error instanceof OvError) || error.code !== "usage/no-terminal") throw error;
      throw new OvError(error.code, error.message, { hint: GIVE_VALUE, cause: error });
    });
    if (value.sizeBytes === 0) throw emptyValue(name);
    return { value, newlineRemoved: false };
  }
  const bytes = source.kind === "stdin"
    ? await readAll(door.parts.stdin ?? Deno.stdin, MAX_VALUE_BYTES + 1)
    : await readFile(door.path(source.path));
  try {
    const trimmed = source.exact ? bytes : withoutFinalNewline(bytes);
    if (trimmed.length > MAX_VALUE_BYTES) {
      throw new OvError("usage/value", `Cannot set ${name}: the value is over 64 KiB`, {
        hint: "Keep large files elsewhere, encrypted with a key that is kept here.",
      });
    }
    if (trimmed.length === 0) throw emptyValue(name);
    return { value: new Secret(name, trimmed), newlineRemoved: trimmed.length !== bytes.length };
  } finally {
    bytes.fill(0);
  }
}

function emptyValue(name: string): OvError {
  return new OvError("usage/value", `Cannot set ${name}: the value is empty`, {
    hint: "Remove a secret with `ov secret rm`.",
  });
}

function withoutFinalNewline(bytes: Uint8Array): Uint8Array {
  const first = bytes.indexOf(0x0a);
  if (first === -1 || first !== bytes.length - 1) return bytes;
  return bytes.subarray(0, bytes[first - 1] === 0x0d ? first - 1 : first);
}

async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true });
  } catch (cause) {
    throw fileError(`Cannot read ${path}`, cause, "read");
  }
  try {
    if (file.statSync().isDirectory) {
      throw new OvError("usage/file", `Cannot read ${path}: it is a folder`, { hint: "Name a file." });
    }
    return await readAll(file, MAX_VALUE_BYTES + 1);
  } catch (cause) {
    throw fileError(`Cannot read ${path}`, cause, "read");
  } finally {
    file.close();
  }
}

/** Everything that `source` gives, up to `limit` bytes: one more than the limit of the caller is enough to refuse. */
export async function readAll(
  source: { read(into: Uint8Array): Promise<number | null> },
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < limit) {
    const chunk = new Uint8Array(Math.min(64 * 1024, limit - size));
    const read = await source.read(chunk);
    if (read === null) break;
    parts.push(chunk.subarray(0, read));
    size += read;
  }
  const whole = concatBytes(...parts);
  for (const part of parts) part.fill(0);
  return whole;
}
