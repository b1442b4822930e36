import { OvError, type Secret } from "../../base/mod.ts";
import { readNotice } from "../canary.ts";
import type { Door } from "../door.ts";
import type { Handlers } from "../handlers.ts";
import { requireLength, strengthOf, typeNewPassword } from "../new_password.ts";
import { issueSheet, requirePerson } from "../sheet.ts";
import { VaultSession } from "../vault_session.ts";

/** `ov init` and `ov status`. */
export function initHandlers(door: Door): Pick<Handlers, "init" | "status"> {
  return {
    init: async ({ emergencySheet = false }) => {
      const { vaultFolder: folder } = door.start;
      if (VaultSession.exists(folder)) throw vaultExists(folder);
      if (emergencySheet) await requirePerson(door);
      const chosen = door.hasPasswordFile
        ? { password: door.readPasswordFile(), strength: null }
        : await typeNewPassword(door);
      try {
        requireLength(chosen.password);
        const score = chosen.strength ?? await door.parts.rate?.(chosen.password) ?? null;
        const session = await createIn(door, chosen.password);
        const made = { folder, strength: strengthOf(score) };
        return emergencySheet ? { ...made, sheet: await firstSheet(door, session, chosen.password) } : made;
      } finally {
        chosen.password.wipe();
      }
    },

    status: () => {
      const { vaultFolder, version, programs, syncHost } = door.start;
      const described = VaultSession.describe(vaultFolder);
      return Promise.resolve({
        version,
        vaultFolder,
        vaultExists: described !== null,
        formatVersion: described?.formatVersion ?? null,
        sizeBytes: described?.sizeBytes ?? null,
        context: door.context(),
        bound: null,
        programs,
        syncHost,
        sheet: described?.sheet ?? null,
        remembered: described?.remembered ?? null,
        canaries: readNotice(vaultFolder),
      });
    },
  };
}

/** The vault, with the first entry of its log. Where the disk is full behind the file itself, the error says what is there. */
async function createIn(door: Door, password: Secret): Promise<VaultSession> {
  const { vaultFolder: folder } = door.start;
  try {
    const session = await VaultSession.create({ folder, password, now: door.parts.now });
    door.adopt(session);
    await session.appendAudit({ action: "init", origin: "human" });
    return session;
  } catch (cause) {
    if (!(cause instanceof OvError) || cause.code === "vault/exists" || !VaultSession.exists(folder)) throw cause;
    throw new OvError(cause.code, `${cause.message}; the vault itself is made, in ${folder}`, {
      hint: "Put that right, and use it with the password that you chose.",
      cause,
    });
  }
}

/** @returns whether it was made */
async function firstSheet(door: Door, session: VaultSession, password: Secret): Promise<boolean> {
  try {
    return await issueSheet(door, session, password) === "made";
  } catch (cause) {
    const { code, message } = OvError.from(cause);
    throw new OvError(code, `${message}; the vault is made, without an emergency sheet`, {
      hint: "`ov password sheet` makes one.",
      cause,
    });
  }
}

function vaultExists(folder: string): OvError {
  return new OvError("vault/exists", `Cannot make a vault: there is one at ${folder}`, {
    hint: "Use it, or name another folder by OV_HOME.",
  });
}
