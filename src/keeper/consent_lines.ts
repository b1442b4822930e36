import { printable, quoteCommand } from "../base/mod.ts";
import type { Consent } from "./protocol.ts";

const ACTIONS: Readonly<Record<Consent["action"], string>> = {
  run: "Run a command with secrets",
  delete: "Delete a secret",
  update: "Replace a secret by a generated one",
};

/**
 * A consent in words, for the terminal: what a person reads before secrets go to a command. Everything that came from
 * elsewhere is escaped.
 */
export function consentLines(consent: Consent): string {
  const rows = [["Action", ACTIONS[consent.action]]];
  if (consent.action === "run") {
    rows.push(["Command", quoteCommand(consent.argv)]);
    rows.push(["Program", printable(consent.program)]);
    rows.push(["Directory", printable(consent.workDir)]);
  }
  rows.push(["Secrets", consent.secrets.map(printable).join(", ") || "none"]);
  rows.push(["From", `${printable(consent.app)}/${printable(consent.env)}`]);
  consent.pins.forEach(({ path, sha256 }, i) =>
    rows.push([i === 0 ? "Files" : "", `${printable(path)} (sha256 ${sha256.slice(0, 12)}…)`])
  );
  for (const warning of consent.warnings) rows.push(["Warning", printable(warning)]);
  return rows.map(([name, text]) => `${name!.padEnd(11)}${text}\n`).join("");
}
