import { decodeUtf8, OvError, printable } from "../../base/mod.ts";
import { serializeDotenv } from "../../dotenv/mod.ts";
import { refuseCanaries } from "../canary.ts";
import type { Door } from "../door.ts";
import { prepareFile } from "../files.ts";
import type { Handlers } from "../handlers.ts";
import { writeWhole } from "../output.ts";

/** `ov export --plain`. */
export function exportHandlers(door: Door): Pick<Handlers, "export"> {
  return {
    export: async ({ format, output, only }) => {
      const { app, env } = door.context();
      const where = output === null ? "" : ` into ${printable(output)}`;
      const session = await door.unlockTyped(`Write the secrets of ${app}/${env} in plain text${where}.`);
      const context = await door.boundContext(session);
      if (only !== null) await refuseCanaries(door, session, context, only, "export");
      const stored = (await session.listSecrets(context)).filter((secret) => !secret.canary).map(({ name }) => name);
      const missing = only?.filter((name) => !stored.includes(name)) ?? [];
      if (missing.length > 0) {
        throw new OvError("secret/not-found", `Cannot export ${missing.join(", ")}: not in ${app}/${env}`, {
          hint: "`ov secret list` shows what is there.",
        });
      }
      const names = stored.filter((name) => only === null || only.includes(name));
      await session.appendAudit({ action: "export", origin: "human", app, env, secrets: names, format });
      const entries: { key: string; value: string }[] = [];
      for (const name of names) {
        const secret = await session.getSecret(context, name);
        // EXPOSE: into the file or onto stdout, after the master password was typed on the terminal just now.
        const value = decodeUtf8(secret.expose());
        secret.wipe();
        if (value === null) {
          throw new OvError("usage/value", `Cannot export ${name}: its value is not UTF-8 text`, {
            hint: "Get it alone with `ov secret get`.",
          });
        }
        entries.push({ key: name, value });
      }
      const text = format === "dotenv"
        ? serializeDotenv(entries)
        : JSON.stringify(Object.fromEntries(entries.map(({ key, value }) => [key, value])), null, 2) + "\n";
      const bytes = new TextEncoder().encode(text);
      if (output === null) await writeWhole(Deno.stdout, bytes);
      else prepareNew(door.path(output), bytes);
      bytes.fill(0);
      return { names, output: output === null ? null : door.path(output) };
    },
  };
}

/** A new file of mode 0600; an existing one is never overwritten with secrets. */
function prepareNew(path: string, bytes: Uint8Array): void {
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return prepareFile(path, bytes, 0o600).commit();
  }
  throw new OvError("usage/file", `Cannot write ${path}: it exists already`, { hint: "Name a new file." });
}
