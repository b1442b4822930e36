/**
 * The emergency sheet, as a person meets it: shown once, on the terminal, by the keeper itself, and typed in again when the
 * password is forgotten. Its code goes nowhere else: to no other isolate, no pipe, no file, no log.
 */
import { concatBytes, encodeUtf8, OvError, printable, Secret } from "../base/mod.ts";
import { decodeSheetCode, encodeSheetCode, makeSheetCode } from "../vault/mod.ts";
import type { Door } from "./door.ts";
import type { VaultSession } from "./vault_session.ts";

/** How often a wrong code may be typed before the command fails. */
const TRIES = 3;

/** What became of a sheet that was shown. */
export type Issued = "made" | "replaced" | "declined";

/**
 * Makes sure that a person sits at a terminal, before anything is done for a sheet.
 * @throws OvError `usage/no-terminal`, `io/interrupted`
 */
export async function requirePerson(door: Door): Promise<void> {
  if (door.nonInteractive) throw nobody("nobody is to be asked (--non-interactive, or CI)");
  try {
    await door.parts.terminal.readKey(
      "The emergency sheet will be shown here, once. Have paper ready and nobody looking on, then press y: ",
      ["y"],
    );
  } catch (error) {
    throw error instanceof OvError && error.code === "usage/no-terminal"
      ? nobody("there is no terminal", error)
      : error;
  }
}

/**
 * Shows a new sheet, and makes it good once the person has said that it is on paper: until then, the one before is. What
 * is shown is taken off the screen again.
 *
 * @param password the master password, borrowed
 * @throws OvError `usage/no-terminal`, `io/interrupted`, `vault/wrong-password`
 */
export async function issueSheet(door: Door, session: VaultSession, password: Secret): Promise<Issued> {
  if (door.nonInteractive) throw nobody("nobody is to be asked (--non-interactive, or CI)");
  const code = makeSheetCode();
  const page = await pageOf(door, code);
  try {
    const answer = await door.parts.terminal.readKey("Is it on paper? [y/n] ", ["y", "n"], page);
    if (answer === "n") return "declined";
    const replaced = await session.makeRootWrap(
      "sheet",
      password,
      code,
      (before) => ({ action: before ? "sheet-replaced" : "sheet-made", origin: "human" }),
    );
    return replaced ? "replaced" : "made";
  } finally {
    page.wipe();
    code.wipe();
  }
}

/**
 * Hands the code to `use` that is typed on the terminal just now; one that is not whole, or opens nothing
 * (`vault/wrong-password`), is asked for again.
 *
 * @param purpose what it is for, shown before it is asked for
 * @throws OvError `usage/no-terminal`, `io/interrupted`, `usage/value`, and what `use` throws
 */
export async function useTypedCode<T>(door: Door, purpose: string, use: (code: Secret) => Promise<T>): Promise<T> {
  if (door.nonInteractive) {
    throw new OvError(
      "usage/no-terminal",
      "Cannot ask for the code: nobody is to be asked (--non-interactive, or CI)",
      {
        hint: "This needs the code of the sheet typed on a terminal, always.",
      },
    );
  }
  const { terminal } = door.parts;
  terminal.show(`${purpose}\n`);
  for (let left = TRIES - 1;; left--) {
    const typed = await terminal.readHidden("Code of the emergency sheet: ", "sheet code");
    const code = await decodeSheetCode(typed);
    typed.wipe();
    let refusal = notWhole();
    if (code !== null) {
      try {
        return await use(code);
      } catch (error) {
        if (!(error instanceof OvError) || error.code !== "vault/wrong-password") throw error;
        refusal = error;
      } finally {
        code.wipe();
      }
    }
    if (left === 0) throw refusal;
    terminal.show(`${refusal.message}; ${left} ${left === 1 ? "try" : "tries"} left.\n`);
  }
}

/** @throws OvError `sheet/not-found` */
export function sheetNotFound(action: string): OvError {
  return new OvError("sheet/not-found", `${action}: this vault has no emergency sheet`, {
    hint: "`ov password sheet` makes one, with the master password.",
  });
}

async function pageOf(door: Door, code: Secret): Promise<Secret> {
  const spelt = await encodeSheetCode(code);
  const day = new Date(door.parts.now()).toISOString().slice(0, 10);
  const bytes = concatBytes(
    encodeUtf8([
      "EMERGENCY SHEET of an OpaqueVault",
      "",
      "This code opens the vault when the master password is forgotten. It is as good",
      "as the password: keep it on paper, where you would keep money, and nowhere on",
      "this machine. It is shown this once.",
      "",
      "    ",
    ].join("\r\n")),
    // EXPOSE: to the one page that shows it to the person, on the terminal
    spelt.expose(),
    encodeUtf8([
      "",
      "",
      `vault      ${printable(door.start.vaultFolder)}`,
      `made       ${day}`,
      "forgotten  ov password reset           asks for this code and a new password",
      "lost       ov password sheet --revoke  makes this code useless",
      "",
      "",
    ].join("\r\n")),
  );
  spelt.wipe();
  const page = new Secret("emergency sheet", bytes);
  bytes.fill(0);
  return page;
}

function notWhole(): OvError {
  return new OvError("usage/value", "Cannot read the code: a character of it is missing or wrong", {
    hint: "It has nine groups of four letters and digits; there is no U, and O and I are taken as 0 and 1.",
  });
}

function nobody(state: string, cause?: unknown): OvError {
  return new OvError("usage/no-terminal", `Cannot show the emergency sheet: ${state}`, {
    hint: "It is shown to a person at a terminal, never to a pipe or a program.",
    cause,
  });
}
