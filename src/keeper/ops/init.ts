import { OvError, Secret } from "../../base/mod.ts";
import { readNotice } from "../canary.ts";
import type { Door } from "../door.ts";
import type { Handlers } from "../handlers.ts";
import { VaultSession } from "../vault_session.ts";

/** What a score of the estimator means, from 0 to 4. */
const STRENGTH_WORDS = ["very weak", "weak", "fair", "good", "strong"] as const;

/** Below this score a typed password is asked for again. */
const WEAK_BELOW = 2;

/** Shortest master password that is taken, in characters. */
const MIN_PASSWORD_BYTES = 8;

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
        return { folder, strength: score === null ? null : { score, words: STRENGTH_WORDS[score]! } };
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

/** Asks twice; a weak password is shown as such and must be confirmed by being typed again. */
async function typeNewPassword(door: Door): Promise<{ password: Secret; strength: number | null }> {
  const { terminal, rate } = door.parts;
  if (door.nonInteractive) {
    throw new OvError("usage/no-terminal", "Cannot make a vault: --non-interactive is set and no password file", {
      hint: "Name one with --password-file FILE.",
    });
  }
  terminal.show("The master password opens this vault. It can not be recovered: keep it where you will find it.\n");
  for (;;) {
    const password = await terminal.readHidden("New password: ", "password");
    try {
      requireLength(password);
    } catch (error) {
      password.wipe();
      terminal.show(`${(error as OvError).message}\n`);
      continue;
    }
    const strength = await rate?.(password) ?? null;
    if (strength !== null) {
      terminal.show(
        `Strength: ${STRENGTH_WORDS[strength]}${strength < WEAK_BELOW ? "; four random words are better" : ""}\n`,
      );
    }
    const again = await terminal.readHidden("Once more: ", "password");
    const same = again.equals(password);
    again.wipe();
    if (same) return { password, strength };
    password.wipe();
    terminal.show("The two are not the same; start again.\n");
  }
}

function requireLength(password: Secret): void {
  if (password.sizeBytes >= MIN_PASSWORD_BYTES) return;
  throw new OvError("usage/value", `Cannot use the password: it is shorter than ${MIN_PASSWORD_BYTES} characters`, {
    hint: "Four random words are easy to type and hard to guess.",
  });
}

function vaultExists(folder: string): OvError {
  return new OvError("vault/exists", `Cannot make a vault: there is one at ${folder}`, {
    hint: "Use it, or name another folder by OV_HOME.",
  });
}
