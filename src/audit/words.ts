import { basename } from "node:path";
import { type AuditEntry, listOf, readEntry, textOf } from "./entry.ts";

/** `A, B of app/env`, as far as the entry says. */
function what(entry: AuditEntry, none: string): string {
  const names = listOf(entry, "secrets").join(", ");
  const [app, env] = [textOf(entry, "app"), textOf(entry, "env")];
  const place = app === "" ? "" : env === "" ? ` of ${app}` : ` of ${app}/${env}`;
  return names === "" && place !== "" ? `${none}${place}` : `${names === "" ? none : names}${place}`;
}

function place(entry: AuditEntry): string {
  const env = textOf(entry, "env");
  return env === "" ? textOf(entry, "app") : `${textOf(entry, "app")}/${env}`;
}

/** The program with the files that it was given, short: the whole path is in the entry. */
function command(entry: AuditEntry): string {
  const program = textOf(entry, "program");
  const files = listOf(entry, "files").map((file) => basename(file)).join(" ");
  return `${basename(program) || "a command"}${files === "" ? "" : ` ${files}`}`;
}

function short(id: string): string {
  return id.slice(0, 8);
}

function because(entry: AuditEntry): string {
  const reason = textOf(entry, "reason").replace(/^grant ([0-9a-f]{8})[0-9a-f]+$/, "grant $1");
  return reason === "" ? "" : ` (${reason})`;
}

function lifetime(use: string): string {
  return { once: "once", session: "for the session", until: "for a time", always: "always" }[use] ?? use;
}

const WORDS: Readonly<Record<string, (entry: AuditEntry) => string>> = {
  "init": () => "vault made",
  "password-change": () => "changed the master password",
  "password-reset": () => "set a new master password by the emergency sheet",
  "sheet-made": () => "made an emergency sheet",
  "sheet-replaced": () => "made a new emergency sheet; the one before is useless",
  "sheet-revoked": () => "made the emergency sheet useless",
  "remember": () => "put an unlock key into the keyring",
  "forget": () => "made the unlock key in the keyring useless",
  "rotate": (entry) => `made new keys for ${place(entry)}`,
  "backup": () => "wrote a sealed backup",
  "restored": () => "restored the vault from a backup",
  "run": (entry) =>
    `ran ${command(entry)} with ${what(entry, "no secret")}${entry["raw"] === true ? ", output NOT masked" : ""}${
      because(entry)
    }`,
  "get": (entry) => `showed ${what(entry, "a secret")} in plain text`,
  "export": (entry) => `wrote ${what(entry, "nothing")} in plain text`,
  "set": (entry) => `set ${what(entry, "a secret")}`,
  "generate": (entry) => `generated ${what(entry, "a secret")}`,
  "create": (entry) => `created ${what(entry, "a secret")}`,
  "update": (entry) => `replaced ${what(entry, "a secret")}`,
  "delete": (entry) => `removed ${what(entry, "a secret")}`,
  "restore": (entry) => `restored ${what(entry, "a secret")}`,
  "import": (entry) => `imported ${what(entry, "nothing")}`,
  "canary-set": (entry) => `put the canary ${what(entry, "a secret")}`,
  "canary": (entry) => `CANARY touched: ${what(entry, "a secret")} (${textOf(entry, "op") || "run"}), refused`,
  "app-create": (entry) => `created the app ${place(entry)}`,
  "app-delete": (entry) => `deleted the app ${place(entry)}`,
  "env-create": (entry) => `created the env ${place(entry)}`,
  "env-delete": (entry) => `deleted the env ${place(entry)}`,
  "bind": (entry) => `bound a directory to ${place(entry)}`,
  "policy": (entry) =>
    `set the policy of ${place(entry)} to ${textOf(entry, "mode")}, was ${textOf(entry, "previous")}`,
  "interceptor": (entry) =>
    `set the interceptor of ${place(entry)} to ${textOf(entry, "mode")}, was ${textOf(entry, "previous")}`,
  "grant": (entry) =>
    `granted ${command(entry)} ${what(entry, "no secret")}, ${lifetime(textOf(entry, "use"))} (grant ${
      short(textOf(entry, "grant"))
    })`,
  "revoke": (entry) => `revoked grant ${short(textOf(entry, "grant"))}`,
  "approve": (entry) =>
    textOf(entry, "what") !== ""
      ? `approved: ${textOf(entry, "what")} ${what(entry, "a secret")}`
      : textOf(entry, "decision") === "deny"
      ? `refused ${command(entry)} ${what(entry, "no secret")}`
      : `approved ${command(entry)} with ${what(entry, "no secret")}, ${lifetime(textOf(entry, "decision"))}`,
  "authorize": (entry) => {
    const by = { page: "on the page", remembered: "it is remembered", terminal: "on the terminal" };
    return `authorised an agent's connection (${by[textOf(entry, "origin") as keyof typeof by] ?? "by password file"})`;
  },
  "machine-key-create": (entry) => `made the machine key ${textOf(entry, "name")} of ${place(entry)}`,
  "machine-key-revoke": (entry) => `revoked the machine key ${textOf(entry, "name")} of ${place(entry)}`,
  "bundle": (entry) => `wrote a bundle of ${place(entry)}`,
  "client-revoke": (entry) => `forgot the agent's program ${short(textOf(entry, "client"))}`,
  "unlock": (entry) => {
    const forMs = entry["forMs"];
    const time = typeof forMs === "number" ? ` for ${Math.round(forMs / 360_000) / 10} h` : "";
    return `unlocked the agent${time}${textOf(entry, "origin") === "keyring" ? ", by the key in the keyring" : ""}`;
  },
  "pieces": (entry) => `pieces of ${what(entry, "a secret")} came out over several runs of ${command(entry)}: masked`,
  "intercepted": (entry) =>
    `${entry["passed"] === true ? "let through" : "refused"} a call that held ${
      textOf(entry, "rule") === "" ? `the value of ${what(entry, "a secret")}` : `a ${textOf(entry, "rule")}`
    } (${textOf(entry, "op")})`,
  "denied": (entry) => {
    const program = textOf(entry, "program");
    const wanted = program === "" ? "" : ` ${command(entry)}`;
    return `refused${wanted} ${what(entry, "")}`.trimEnd() + ` (${textOf(entry, "code")})`;
  },
};

/** Actions that somebody should look at. */
const ALARMS: readonly string[] = ["canary", "denied", "intercepted", "pieces"];

/** Ways in which a person says something. */
const HUMAN: readonly string[] = ["human", "page", "terminal", "password-file", "remembered"];

/** Who asked, in one word for a column; `-` where the entry does not say. */
export function whoOf(stored: unknown): string {
  const origin = textOf(readEntry(stored), "origin");
  return origin === "agent" ? origin : HUMAN.includes(origin) ? "human" : "-";
}

/**
 * An entry in words, one line; not escaped. What this version does not know is named by its action alone.
 * @param stored as it was read from the log
 */
export function wordsOf(stored: unknown): string {
  const entry = readEntry(stored);
  return Object.hasOwn(WORDS, entry.action) ? WORDS[entry.action]!(entry) : entry.action;
}

/** Whether an entry tells of something that was refused or caught. */
export function isAlarm(stored: unknown): boolean {
  return ALARMS.includes(readEntry(stored).action);
}
