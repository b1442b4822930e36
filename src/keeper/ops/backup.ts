import { encodeHex, equalBytes, OvError, printable } from "../../base/mod.ts";
import { makeRandom } from "../../crypto/envelope.ts";
import { createSqliteVault, readSqliteVault, replaceSqliteVault, VAULT_FILE } from "../../store/mod.ts";
import type { Door } from "../door.ts";
import { fileError, prepareFile } from "../files.ts";
import type { Handlers } from "../handlers.ts";
import { sheetNotFound, useTypedCode } from "../sheet.ts";
import { withStagingFolder } from "../staging.ts";
import { proveCopy, stageVaultFile } from "../vault_copy.ts";
import { VaultSession } from "../vault_session.ts";
import { requireNewFile } from "./export.ts";

/** `ov backup` and `ov restore`. A backup is a vault file (FORMAT §13), as sealed as the vault. */
export function backupHandlers(door: Door): Pick<Handlers, "backup" | "restore"> {
  const { vaultFolder } = door.start;
  const { now } = door.parts;
  return {
    backup: async ({ output }) => {
      const path = door.path(output);
      requireNewFile(path);
      return await door.usePassword(`Write a sealed copy of the vault into ${printable(output)}.`, async (password) => {
        const session = await door.unlockWith(password);
        await session.appendAudit({ action: "backup", origin: "human" });
        const bytes = await withStagingFolder(vaultFolder, (folder) => {
          createSqliteVault(folder, readSqliteVault(vaultFolder));
          return Promise.resolve(Deno.readFileSync(`${folder}/${VAULT_FILE}`));
        });
        prepareFile(path, bytes, 0o600).commit();
        try {
          const whole = await withStagingFolder(vaultFolder, async (folder) => {
            stageVaultFile(path, folder);
            return await proveCopy(() => VaultSession.open({ folder, password, now }));
          });
          if (!equalBytes(Deno.readFileSync(path), bytes)) {
            throw new OvError("io/failed", `Cannot trust ${path}: it reads otherwise than it was written`);
          }
          return { output: path, sizeBytes: bytes.length, ...whole };
        } catch (error) {
          removeUnproven(path);
          throw error;
        }
      });
    },

    restore: async ({ file, force, sheet }) => {
      const path = door.path(file);
      const isThere = VaultSession.exists(vaultFolder);
      if (isThere && !force) {
        throw new OvError("vault/exists", `Cannot restore: there is a vault at ${vaultFolder}`, {
          hint: "Add --force to put the backup in its place; the vault is kept beside it.",
        });
      }
      return await withStagingFolder(vaultFolder, async (folder) => {
        stageVaultFile(path, folder);
        if (sheet && VaultSession.describe(folder)?.sheet !== true) throw sheetNotFound("Cannot restore by a sheet");
        const purpose = [
          `Restore the vault from ${printable(file)}, with the ${sheet ? "sheet" : "password"} that it had then.`,
          "  Grants, policies, machine keys and sheets come back as they were then, too.",
          ...isThere ? [`  The vault at ${printable(vaultFolder)} is kept beside it.`] : [],
        ].join("\n");
        const entry = { action: "restored", origin: "human" };
        const prove = (open: () => Promise<VaultSession>) => proveCopy(open, entry);
        const whole = sheet
          ? await useTypedCode(
            door,
            purpose,
            (secret) => prove(() => VaultSession.openByWrap({ folder, kind: "sheet", secret, now })),
          )
          : await door.useTypedPassword(
            purpose,
            (password) => prove(() => VaultSession.open({ folder, password, now })),
          );
        const keepAs = `${VAULT_FILE}.before-${new Date(now()).toISOString().replace(/[-:.]/g, "")}-${
          encodeHex(makeRandom(2))
        }`;
        const kept = replaceSqliteVault(vaultFolder, readSqliteVault(folder), keepAs);
        return { folder: vaultFolder, kept: kept ? `${vaultFolder}/${keepAs}` : null, ...whole };
      });
    },
  };
}

/** What could not be proven is no backup; better none than one that is relied on. */
function removeUnproven(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (cause) {
    throw fileError(`Cannot remove ${path}, which is no good backup`, cause);
  }
}
