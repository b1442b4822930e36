import { OvError } from "../../base/mod.ts";
import { readNotice } from "../canary.ts";
import type { Door } from "../door.ts";
import type { Handlers } from "../handlers.ts";
import { requireLength, strengthOf, typeNewPassword } from "../new_password.ts";
import { VaultSession } from "../vault_session.ts";

/** `ov init` and `ov status`. */
export function initHandlers(door: Door): Pick<Handlers, "init" | "status"> {
  return {
    init: async () => {
      const { vaultFolder: folder } = door.start;
      if (VaultSession.exists(folder)) throw vaultExists(folder);
      const chosen = door.hasPasswordFile
        ? { password: door.readPasswordFile(), strength: null }
        : await typeNewPassword(door);
      try {
        requireLength(chosen.password);
        const score = chosen.strength ?? await door.parts.rate?.(chosen.password) ?? null;
        const session = await VaultSession.create({ folder, password: chosen.password, now: door.parts.now });
        door.adopt(session);
        await session.appendAudit({ action: "init", origin: "human" });
        return { folder, strength: strengthOf(score) };
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
        canaries: readNotice(vaultFolder),
      });
    },
  };
}

function vaultExists(folder: string): OvError {
  return new OvError("vault/exists", `Cannot make a vault: there is one at ${folder}`, {
    hint: "Use it, or name another folder by OV_HOME.",
  });
}
