import { dirname } from "node:path";
import { OvError, printable, quoteCommand, Secret } from "../../base/mod.ts";
import { makeRandom } from "../../crypto/envelope.ts";
import { encodeBundle } from "../../store/mod.ts";
import { MACHINE_KEY_BYTES } from "../../vault/mod.ts";
import type { Door } from "../door.ts";
import { prepareFile, writeFileAtomically } from "../files.ts";
import type { Handlers } from "../handlers.ts";
import { type MachineTerms, parseCommand, showCommand } from "../machine_terms.ts";
import { writeWhole } from "../output.ts";
import { readMode } from "../policy_store.ts";
import type { MachineKeyView } from "../protocol.ts";
import type { MachineKeyEntry } from "../vault_session.ts";
import { requireNewFile } from "./export.ts";

type MachineKeyOperations = "machine-key.create" | "machine-key.list" | "machine-key.revoke" | "export.bundle";

/** `ov machine-key`, and `ov export --bundle`. Making a key gives away an env, so it takes the typed password. */
export function machineKeyHandlers(door: Door): Pick<Handlers, MachineKeyOperations> {
  return {
    "machine-key.create": async ({ name, expiresAt, commands, allowExport, rotate, output }) => {
      const now = door.parts.now();
      if (expiresAt !== null && expiresAt <= now) {
        throw new OvError("usage/invalid", "Cannot make the machine key: it would have expired already");
      }
      const patterns = commands.map(parseCommand);
      if (output !== null) requireNewFile(door.path(output));
      const { app, env } = door.context();
      const session = await door.unlockTyped([
        `Make the machine key ${printable(name)}: who has it opens every secret of ${app}/${env} without a password${
          expiresAt === null ? "" : ` until ${new Date(expiresAt).toISOString().slice(0, 10)}`
        }.`,
        ...patterns.map((pattern) => `  may run  ${quoteCommand(showCommand(pattern))}`),
        ...allowExport ? ["  may write the secrets out as plaintext"] : [],
        ...rotate ? ["  the key of that name, if there is one, stops working"] : [],
        output === null ? "  It is printed on stdout." : `  It is written to ${printable(output)}.`,
      ].join("\n"));
      const ref = await door.boundContext(session);
      const mode = await readMode(session, ref);
      const terms: MachineTerms = { name, mode, commands: patterns, allowExport, createdAt: now, expiresAt };
      const bytes = makeRandom(MACHINE_KEY_BYTES);
      const key = new Secret("machine key", bytes);
      const file = output === null ? null : prepareFile(door.path(output), bytes, 0o600);
      bytes.fill(0);
      try {
        const id = await session.addMachineKey(ref, key, terms, { rotate });
        await session.appendAudit({
          action: "machine-key-create",
          origin: "human",
          app,
          env,
          name,
          key: id,
          expiresAt,
        });
        file?.commit();
        if (file === null) await print(key);
        return {
          app: ref.app,
          env: ref.env,
          key: viewOf({ id, terms }),
          output: output === null ? null : door.path(output),
        };
      } catch (error) {
        file?.discard();
        throw error;
      } finally {
        key.wipe();
      }
    },

    "machine-key.list": async () => {
      const session = await door.unlock("List the machine keys.");
      const { app, env } = door.context();
      await door.requireEnv(session, { app, env });
      return { app, env, keys: (await session.listMachineKeys({ app, env })).map(viewOf) };
    },
    "machine-key.revoke": async ({ name }) => {
      const session = await door.unlock("Revoke a machine key.");
      const { app, env } = door.context();
      await door.requireEnv(session, { app, env });
      const { id } = await session.revokeMachineKey({ app, env }, name);
      await session.appendAudit({ action: "machine-key-revoke", origin: "human", app, env, name, key: id });
      return { app, env, id };
    },

    "export.bundle": async ({ output }) => {
      const { app, env } = door.context();
      const session = await door.unlock(`Write the sealed records of ${app}/${env} into ${printable(output)}.`);
      const ref = await door.boundContext(session);
      const { bundle, secrets, keys } = await session.makeBundle(ref);
      await session.appendAudit({ action: "bundle", origin: "human", app, env });
      // Sealed, and made to be written again: an older one is replaced. `.ov/` is made where it is missing.
      const path = door.path(output);
      makeFolder(dirname(path));
      writeFileAtomically(path, encodeBundle(bundle), 0o644);
      return { app, env, secrets, keys, output: path };
    },
  };
}

/** The folder itself, not those above it: a path that is wrong as a whole stays an error, of whoever writes there. */
function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path);
  } catch {
    // It is there already, or writing the file says what is wrong.
  }
}

async function print(key: Secret): Promise<void> {
  // EXPOSE: onto stdout, once, for a store of CI secrets; the master password was typed just now.
  const line = new TextEncoder().encode(`${key.expose().toBase64()}\n`);
  await writeWhole(Deno.stdout, line);
  line.fill(0);
}

function viewOf({ id, terms }: MachineKeyEntry): MachineKeyView {
  return { ...terms, id, commands: terms.commands.map(showCommand) };
}
