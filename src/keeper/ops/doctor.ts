import { join } from "node:path";
import { OvError } from "../../base/mod.ts";
import { classify } from "../../detect/mod.ts";
import { parseDotenv } from "../../dotenv/mod.ts";
import { resolveProgram } from "../../run/mod.ts";
import { readSmallText } from "../context_files.ts";
import type { Door } from "../door.ts";
import type { Handlers } from "../handlers.ts";
import type { DoctorCheck } from "../protocol.ts";
import { findLeftovers } from "../staging.ts";
import { VaultSession } from "../vault_session.ts";

/** Files that commonly hold secrets in plain text. */
const PLAINTEXT_FILES = [".dev.vars", ".env", ".env.local", ".env.development", ".env.production"];

/** Larger ones are no such file. */
const MAX_PLAINTEXT_BYTES = 4 * 1024 * 1024;

/** `ov doctor`: looks without unlocking, and changes nothing. */
export function doctorHandlers(door: Door): Pick<Handlers, "doctor"> {
  return {
    doctor: async () => ({
      checks: [
        vault(door),
        ...leftovers(door),
        memory(door),
        terminal(door),
        context(door),
        await git(door),
        ...plaintext(door),
      ],
    }),
  };
}

function vault(door: Door): DoctorCheck {
  const { vaultFolder } = door.start;
  try {
    const found = VaultSession.describe(vaultFolder);
    if (found === null) return problem("vault", `none at ${vaultFolder}`, "Make one with `ov init`.");
    const sheet = found.sheet ? "an emergency sheet" : "no emergency sheet (ov password sheet makes one)";
    return ok("vault", `${vaultFolder}, format ${found.formatVersion}, readable by you alone; ${sheet}`);
  } catch (error) {
    const { message, hint } = OvError.from(error);
    return problem("vault", message, hint ?? null);
  }
}

/** Nothing to say where there are none. */
function leftovers(door: Door): DoctorCheck[] {
  let names: string[];
  try {
    names = findLeftovers(door.start.vaultFolder);
  } catch {
    return []; // what is wrong with the folder, the check of the vault says
  }
  if (names.length === 0) return [];
  return [warning(
    "leftovers",
    `a command that was killed left ${names.join(", ")} in the vault's folder; what is in it is sealed`,
    "The next `ov backup` or `ov restore` removes it.",
  )];
}

function memory({ parts }: Door): DoctorCheck {
  const { unreadable, noCore } = parts.hardening;
  if (unreadable && noCore) return ok("memory", "no other process of yours can read this one; no core files");
  return warning(
    "memory",
    "this platform or build does not let ov make its memory unreadable to your other processes",
    "A debugger started by you, or by an agent as you, could read an unlocked vault.",
  );
}

function terminal(door: Door): DoctorCheck {
  if (Deno.stderr.isTerminal() || Deno.stdout.isTerminal()) return ok("terminal", "the password can be typed here");
  return warning(
    "terminal",
    "there is none here, so a password can not be typed",
    door.hasPasswordFile ? "A password file is named." : "Run in a terminal, or name a --password-file.",
  );
}

function context(door: Door): DoctorCheck {
  try {
    const { app, env, appFrom, envFrom, projectFile } = door.context();
    const file = projectFile === null ? "" : `; ${projectFile}`;
    return ok("context", `${app}/${env} (app from ${appFrom}, env from ${envFrom}${file})`);
  } catch (error) {
    const { message, hint } = OvError.from(error);
    return problem("context", message, hint ?? null);
  }
}

async function git(door: Door): Promise<DoctorCheck> {
  try {
    const { PATH } = door.start.environment;
    const { path } = await resolveProgram("git", { workDir: door.start.cwd, path: PATH });
    return ok("git", path);
  } catch {
    return warning("git", "not found", "`ov import` can not tell whether a file is ignored, or in the history.");
  }
}

/** Plaintext that is still here: the reason why people come. */
function plaintext(door: Door): DoctorCheck[] {
  const checks: DoctorCheck[] = [];
  for (const name of PLAINTEXT_FILES) {
    let text: string | null;
    try {
      text = readSmallText(join(door.start.cwd, name), MAX_PLAINTEXT_BYTES);
    } catch {
      continue;
    }
    if (text === null) continue;
    const secrets = parseDotenv(text).entries.filter((entry) => classify(entry.key, entry.value).kind === "secret");
    if (secrets.length === 0) checks.push(ok(name, "holds only settings"));
    else {
      const names = secrets.map((entry) => entry.key).join(", ");
      checks.push(warning(name, `looks as if it held secrets: ${names}`, `Move them in: ov import ${name}`));
    }
  }
  return checks;
}

function ok(name: string, message: string): DoctorCheck {
  return { name, result: "ok", message, hint: null };
}

function warning(name: string, message: string, hint: string): DoctorCheck {
  return { name, result: "warning", message, hint };
}

function problem(name: string, message: string, hint: string | null): DoctorCheck {
  return { name, result: "problem", message, hint };
}
