import type { Door } from "../door.ts";
import type { Handlers } from "../handlers.ts";
import { strengthOf, typeNewPassword } from "../new_password.ts";
import { issueSheet, sheetNotFound, useTypedCode } from "../sheet.ts";
import { VaultSession } from "../vault_session.ts";

/** `ov password sheet` and `ov password reset`: a person at a terminal, always. */
export function sheetHandlers(door: Door): Pick<Handlers, "password.sheet" | "password.reset"> {
  const { vaultFolder: folder } = door.start;
  const hasSheet = () => VaultSession.describe(folder)?.sheet === true;
  return {
    "password.sheet": async ({ revoke }) => {
      door.requireVault();
      if (revoke) {
        if (!hasSheet()) throw sheetNotFound("Cannot revoke");
        const session = await door.unlockTyped("Make the emergency sheet of this vault useless.");
        await session.removeRootWrap("sheet", { action: "sheet-revoked", origin: "human" });
        return { sheet: "revoked" };
      }
      const purpose = [
        "Make an emergency sheet: a code that opens this vault when the password is forgotten.",
        "  It is shown here, once. Have paper ready, and nobody looking on.",
        ...hasSheet() ? ["  The sheet from before becomes useless once the new one is on paper."] : [],
      ].join("\n");
      return await door.useTypedPassword(purpose, async (password) => {
        const session = await door.unlockWith(password);
        return { sheet: await issueSheet(door, session, password) };
      });
    },

    "password.reset": async () => {
      door.requireVault();
      if (!hasSheet()) throw sheetNotFound("Cannot reset the password");
      return await useTypedCode(door, "Set a new master password, by the emergency sheet.", async (code) => {
        const session = await VaultSession.openByWrap({ folder, kind: "sheet", secret: code, now: door.parts.now });
        try {
          const { password, strength } = await typeNewPassword(door);
          try {
            await session.resetPassword(code, password, { audit: { action: "password-reset", origin: "human" } });
          } finally {
            password.wipe();
          }
          return { strength: strengthOf(strength), passwordFile: door.hasPasswordFile };
        } finally {
          session.close();
        }
      });
    },
  };
}
