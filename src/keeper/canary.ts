/**
 * Canaries: secrets that nobody uses, so that whoever asks for one gives themselves away. Touching one is refused,
 * recorded in the sealed log, and noted in a small open file, so that `ov status` can say so without the password.
 *
 * The note is not sealed: whoever can write to the vault's folder can take it away or make one up. It is there to be seen
 * early; the log is what counts, and `ov audit` shows it.
 */
import { join } from "node:path";
import { isSecretName, OvError, Secret } from "../base/mod.ts";
import type { CanaryNotice } from "./audit_protocol.ts";
import { markRecorded } from "./denials.ts";
import type { Door } from "./door.ts";
import { writeFileAtomically } from "./files.ts";
import { generateValue } from "./generate.ts";
import type { EnvRef } from "./protocol.ts";
import type { VaultSession } from "./vault_session.ts";

const NOTICE_FILE = "canary.json";

/**
 * Refuses to touch a canary, after recording that somebody tried.
 * @param session `null` where a machine key opened the env, which opens no log
 * @param op what was tried
 * @throws OvError `secret/canary`, always; where the log can not be written, its error
 */
export async function refuseCanary(
  door: Door,
  session: VaultSession | null,
  { app, env }: EnvRef,
  name: string,
  op: string,
): Promise<never> {
  const origin = door.start.command === "mcp" ? "agent" : "human";
  await session?.appendAudit({ action: "canary", origin, op, app, env, secrets: [name] });
  note(door);
  door.parts.terminal.show(`ov: CANARY: ${op} asked for ${name} of ${app}/${env}; it was refused (ov audit)\n`);
  throw markRecorded(new OvError("secret/canary", `Refused: ${name} is not for use`, { hint: "This was recorded." }));
}

/**
 * {@link refuseCanary} where one of `names` is a canary.
 * @throws OvError `secret/canary`
 */
export async function refuseCanaries(
  door: Door,
  session: VaultSession,
  ref: EnvRef,
  names: readonly string[],
  op: string,
): Promise<void> {
  const found = (await session.listSecrets(ref)).find((secret) => secret.canary && names.includes(secret.name));
  if (found !== undefined) await refuseCanary(door, session, ref, found.name, op);
}

/**
 * Keeps a canary from becoming a secret unseen: a person who sets its name means to use it.
 * @throws OvError `secret/canary`
 */
export async function refuseSettingCanaries(
  session: VaultSession,
  ref: EnvRef,
  names: readonly string[],
): Promise<void> {
  const found = (await session.listSecrets(ref)).find((secret) => secret.canary && names.includes(secret.name));
  if (found === undefined) return;
  throw markRecorded(
    new OvError("secret/canary", `Cannot set ${found.name}: it is a canary`, {
      hint: `Remove it first, if it has done its work: ov secret rm ${found.name}`,
    }),
  );
}

/** What was noted since somebody last looked at the log; `null` where nothing was. */
export function readNotice(vaultFolder: string): CanaryNotice | null {
  try {
    const { touches, lastAt } = JSON.parse(Deno.readTextFileSync(join(vaultFolder, NOTICE_FILE)));
    const isNotice = Number.isSafeInteger(touches) && touches > 0 && Number.isSafeInteger(lastAt) && lastAt >= 0;
    return isNotice ? { touches, lastAt } : null;
  } catch {
    return null;
  }
}

/** Takes the note away: somebody has seen the log. */
export function clearNotice(vaultFolder: string): void {
  try {
    Deno.removeSync(join(vaultFolder, NOTICE_FILE));
  } catch {
    // There is none.
  }
}

function note(door: Door): void {
  const { vaultFolder } = door.start;
  const notice = { touches: (readNotice(vaultFolder)?.touches ?? 0) + 1, lastAt: door.parts.now() };
  try {
    const bytes = new TextEncoder().encode(`${JSON.stringify(notice)}\n`);
    writeFileAtomically(join(vaultFolder, NOTICE_FILE), bytes, 0o600);
  } catch {
    // The log holds it; the note is for being seen early.
  }
}

/** Forms that real keys have, so that a decoy looks like what its name says. Halves, so that no scanner stops here. */
const FORMS: readonly (readonly [name: RegExp, before: string, length: number])[] = [
  [/STRIPE.*PUBLISHABLE|PUBLISHABLE.*STRIPE/, "pk_" + "live_", 99],
  [/STRIPE.*WEBHOOK|WEBHOOK.*SECRET/, "wh" + "sec_", 32],
  [/STRIPE/, "sk_" + "live_", 99],
  [/GITHUB|^GH_/, "gh" + "p_", 36],
  [/AWS.*(?:ACCESS_KEY_ID|KEY_ID)/, "AK" + "IA", 16],
  [/OPENAI/, "sk-" + "proj-", 48],
  [/ANTHROPIC/, "sk-" + "ant-api03-", 93],
  [/SLACK/, "xox" + "b-", 48],
  [/NPM/, "np" + "m_", 36],
  [/DATABASE_URL|POSTGRES|_DSN$/, "postgres" + "://admin:", 32],
];

/** A random value in the form that the name makes one expect. */
export function makeDecoy(name: string): Secret {
  if (!isSecretName(name)) throw new TypeError("not a secret's name");
  const [, before, length] = FORMS.find(([pattern]) => pattern.test(name.toUpperCase())) ?? [null, "", 40];
  const random = generateValue(name, { length, charset: "alphanumeric" });
  try {
    // EXPOSE: a decoy opens nothing; its random part is joined to the form of a real key.
    const middle = new TextDecoder().decode(random.expose());
    const text = before.startsWith("AK") ? middle.toUpperCase() : middle;
    const after = before.includes("://") ? "@db.internal:5432/production" : "";
    return Secret.fromText(name, `${before}${text}${after}`);
  } finally {
    random.wipe();
  }
}
