import { basename, dirname, join } from "node:path";
import { encodeHex, equalBytes, isSecretName, MAX_VALUE_BYTES, OvError, printable, Secret } from "../../base/mod.ts";
import { rewriteDotenv } from "../../dotenv/mod.ts";
import { serializeProjectFile } from "../../policy/mod.ts";
import { PROJECT_FILE } from "../context_files.ts";
import { refuseSettingCanaries } from "../canary.ts";
import type { Door } from "../door.ts";
import { type PreparedFile, prepareFile } from "../files.ts";
import { gitWarnings } from "../git.ts";
import type { Handlers } from "../handlers.ts";
import { suspiciousLines } from "../import_leftovers.ts";
import { appNameOf, envNameOf, readImportSource, type ReadSource } from "../import_source.ts";
import type { EnvRef, ImportDone, ImportItem, ImportPlan, Params } from "../protocol.ts";
import { VaultSession } from "../vault_session.ts";
import { maskabilityOf } from "./secrets.ts";

/** A plan that waits for its answer; it holds values, so it never leaves the keeper. */
interface OpenPlan {
  readonly plan: ImportPlan;
  readonly source: ReadSource;
  readonly values: Map<string, Secret>;
}

/** First line of what a rewritten file says in place of its secrets. */
const MOVED_COMMENT = "Secrets live in the vault: `ov run -- COMMAND` gives them to one command.";

/** `ov import`. */
export function importHandlers(door: Door): Pick<Handlers, "import.plan" | "import.apply"> {
  const plans = new Map<string, OpenPlan>();
  return {
    "import.plan": async (params) => {
      const source = await readImportSource(door, params.source, params.format);
      const target = targetOf(door, source);
      // A dry run asks nobody; where it can look without asking, it says what would be replaced.
      const looks = !params.dryRun || (door.hasPasswordFile && VaultSession.exists(door.start.vaultFolder));
      const session = !looks ? null : await door.unlock(
        `Import ${
          source.path === null ? "from stdin" : printable(basename(source.path))
        } into ${target.app}/${target.env}.`,
      );
      const targetExists = session === null ? null : await hasEnv(session, target);
      const known = targetExists === true ? session : null;
      const { values, items } = await describeEntries(source, known, target, session === null);
      const plan: ImportPlan = {
        planId: encodeHex(crypto.getRandomValues(new Uint8Array(16))),
        target,
        chosen: await isChosen(door, session),
        targetExists,
        items,
        notes: source.notes,
        warnings: source.path === null ? [] : await gitWarnings(door, source.path),
        path: source.path,
        rewritable: source.format === "dotenv" && source.path !== null,
        projectFile: door.projectFile(source.path === null ? undefined : dirname(source.path))?.path ?? null,
      };
      plans.set(plan.planId, { plan, source, values });
      return plan;
    },

    "import.apply": async (params) => {
      const open = plans.get(params.planId);
      if (open === undefined) throw new OvError("usage/invalid", "Cannot import: there is no such plan");
      plans.delete(params.planId);
      try {
        return await applyPlan(door, open, params);
      } finally {
        for (const value of open.values.values()) value.wipe();
      }
    },
  };
}

/** Flags and variables decide; else the file's own name (`.dev.vars.staging`) and the project's (`wrangler.jsonc`). */
function targetOf(door: Door, source: ReadSource): EnvRef {
  const context = door.context();
  const named = source.path === null ? null : envNameOf(basename(source.path));
  const app = context.appFrom === "default" && source.path !== null ? appNameOf(dirname(source.path)) : null;
  const envIsGiven = context.envFrom === "flag" || context.envFrom === "environment";
  return { app: app ?? context.app, env: envIsGiven || named === null ? context.env : named };
}

/**
 * Whether the app was chosen. A `.ov.yaml` that the user has not bound chooses nothing: it came with a repository, or
 * an agent wrote it.
 */
async function isChosen(door: Door, session: VaultSession | null): Promise<boolean> {
  const context = door.context();
  if (context.appFrom !== "project file") return context.appFrom === "flag" || context.appFrom === "environment";
  return session === null || await door.isBound(session, context);
}

/** What each entry is, and how it stands in the vault. `session` is `null` where there is nothing to compare with. */
async function describeEntries(
  source: ReadSource,
  session: VaultSession | null,
  target: EnvRef,
  unknown: boolean,
): Promise<{ values: Map<string, Secret>; items: ImportItem[] }> {
  const values = new Map<string, Secret>();
  const items: ImportItem[] = [];
  const stored = new Set(session === null ? [] : (await session.listSecrets(target)).map((secret) => secret.name));
  for (const { key, value, line, kind, reason } of source.entries) {
    const secret = Secret.fromText(key, value);
    const problem = problemOf(key, secret);
    if (problem === null) values.set(key, secret);
    items.push({
      name: key,
      line,
      kind: problem === null ? kind : "setting",
      reason,
      problem,
      maskable: maskabilityOf(secret).maskable,
      state: unknown ? "unknown" : await stateOf(session, target, stored, secret),
    });
  }
  return { values, items };
}

function problemOf(key: string, value: Secret): string | null {
  if (!isSecretName(key)) return "the name can not be an environment variable";
  if (value.sizeBytes > MAX_VALUE_BYTES) return "the value is over 64 KiB";
  if (value.sizeBytes === 0) return "the value is empty";
  // EXPOSE: looked at for a NUL byte, which no variable can hold.
  if (value.expose().includes(0)) return "the value holds a NUL byte";
  return null;
}

async function stateOf(
  session: VaultSession | null,
  target: EnvRef,
  stored: ReadonlySet<string>,
  value: Secret,
): Promise<"new" | "same" | "changed"> {
  if (session === null || !stored.has(value.name)) return "new";
  const present = await session.getSecret(target, value.name);
  const same = present.equals(value);
  present.wipe();
  return same ? "same" : "changed";
}

/**
 * Stores the chosen values, then takes them out of the file. The order makes every failure harmless: the new file is
 * complete on disk before the vault changes, the values are read back from the vault before it takes the old one's
 * place, and where that fails the vault is put back.
 */
async function applyPlan(door: Door, open: OpenPlan, params: Params<"import.apply">): Promise<ImportDone> {
  const { plan, source, values } = open;
  const chosen = [...new Set(params.names)];
  for (const name of chosen) {
    if (!values.has(name)) {
      throw new OvError(
        "usage/invalid",
        `Cannot import ${JSON.stringify(name)}: the file has no such entry to import`,
        {
          hint: "Names are case-sensitive; `--dry-run` lists them.",
        },
      );
    }
  }
  const session = await door.unlock(`Import into ${plan.target.app}/${plan.target.env}.`);
  const rewrite = params.rewrite && plan.rewritable && chosen.length > 0;
  const prepared = rewrite ? prepareRewrite(source, chosen) : null;
  const made = { app: false, env: false };
  try {
    await ensureEnv(session, plan.target, made);
    const before = await versionsOf(session, plan.target);
    await refuseSettingCanaries(session, plan.target, chosen);
    const states = await statesNow(
      session,
      plan.target,
      new Set(before.keys()),
      chosen.map((name) => values.get(name)!),
    );
    const replaced = chosen.filter((name) => states.get(name) === "changed");
    if (replaced.length > 0 && !params.replace) throw wouldReplace(plan.target, replaced);
    const changed = chosen.filter((name) => states.get(name) !== "same");
    await session.appendAudit({ action: "import", origin: "human", ...plan.target, secrets: changed });
    const stored = await session.setSecrets(
      plan.target,
      changed.map((name) => ({ name, value: values.get(name)!, maskable: maskabilityOf(values.get(name)!).maskable })),
    );
    const versions = new Map(stored.map(({ name, version }) => [name, version]));
    await requireStored(session, plan.target, chosen, values);
    try {
      if (prepared !== null) requireUnchanged(source);
      prepared?.file.commit();
    } catch (error) {
      await putBack(session, plan.target, stored.map(({ name }) => name), before);
      throw error;
    }
    const projectFileWritten = params.projectFile ? await writeProjectFile(door, session, open, chosen) : null;
    return {
      target: plan.target,
      created: made.env,
      imported: chosen.map((name) => ({
        name,
        version: versions.get(name) ?? before.get(name) ?? 1,
        changed: versions.has(name),
        replaced: replaced.includes(name),
      })),
      settings: plan.items.filter((item) => !chosen.includes(item.name)).map((item) => item.name),
      total: plan.items.length,
      rewritten: rewrite,
      projectFileWritten,
      warnings: [
        ...chosen.filter((name) => !maskabilityOf(values.get(name)!).maskable)
          .map((name) => `${name} can not be masked in output: it is too short or too common`),
        ...prepared === null ? [] : leftInFile(prepared.text, plan),
      ],
    };
  } catch (error) {
    prepared?.file.discard();
    if (made.app) await session.deleteApp(plan.target.app).catch(() => {});
    else if (made.env) await session.deleteEnv(plan.target).catch(() => {});
    throw error;
  }
}

function prepareRewrite(source: ReadSource, names: readonly string[]): { text: string; file: PreparedFile } {
  requireUnchanged(source);
  const text = rewriteDotenv(source.text, new Set(names), { comment: MOVED_COMMENT });
  return { text, file: prepareFile(source.realPath!, new TextEncoder().encode(text), source.mode) };
}

/** What the rewritten file still holds and nobody was asked about: lines that are no entry, and names that can be none. */
function leftInFile(text: string, plan: ImportPlan): string[] {
  const asked = new Set(plan.items.filter(({ problem }) => problem === null).map(({ name }) => name));
  return suspiciousLines(text, asked)
    .map(({ line, reason }) => `line ${line} of ${basename(plan.path!)} stays, and may be a secret: ${reason}`);
}

/** How each value stands to what the vault holds at this moment; the plan may be minutes old. */
async function statesNow(
  session: VaultSession,
  target: EnvRef,
  stored: ReadonlySet<string>,
  values: readonly Secret[],
): Promise<Map<string, "new" | "same" | "changed">> {
  const states = new Map<string, "new" | "same" | "changed">();
  for (const value of values) states.set(value.name, await stateOf(session, target, stored, value));
  return states;
}

function wouldReplace({ app, env }: EnvRef, names: readonly string[]): OvError {
  return new OvError("vault/conflict", `Cannot import: ${app}/${env} holds another value of ${names.join(", ")}`, {
    hint: "Name the app that is meant with --app, or add --replace; `ov secret history` keeps the earlier value.",
  });
}

/** @throws OvError `vault/conflict` where the file is no longer what the plan was made from */
function requireUnchanged(source: ReadSource): void {
  let now: Uint8Array;
  try {
    now = Deno.readFileSync(source.realPath!);
  } catch {
    now = new Uint8Array();
  }
  if (equalBytes(now, source.bytes)) return;
  throw new OvError("vault/conflict", `Cannot import ${source.path}: the file was changed meanwhile`, {
    hint: "Nothing was imported; run it again.",
  });
}

async function hasEnv(session: VaultSession, target: EnvRef): Promise<boolean> {
  return (await session.listEnvs()).some((ref) => sameEnv(ref, target));
}

/** Makes what is missing, and notes it in `made` at once: where a later step fails, exactly that is taken back. */
async function ensureEnv(session: VaultSession, target: EnvRef, made: { app: boolean; env: boolean }): Promise<void> {
  if (!(await session.listApps()).includes(target.app)) {
    await session.createApp(target.app);
    made.app = true;
  }
  if (!await hasEnv(session, target)) {
    await session.createEnv(target);
    made.env = true;
  }
}

async function versionsOf(session: VaultSession, target: EnvRef): Promise<Map<string, number>> {
  return new Map((await session.listSecrets(target)).map((secret) => [secret.name, secret.version]));
}

/** What was stored is read back and compared before the only other copy goes. */
async function requireStored(
  session: VaultSession,
  target: EnvRef,
  names: readonly string[],
  values: ReadonlyMap<string, Secret>,
): Promise<void> {
  for (const name of names) {
    const stored = await session.getSecret(target, name);
    const same = stored.equals(values.get(name)!);
    stored.wipe();
    if (!same) throw new OvError("vault/damaged", `Cannot import ${name}: the vault did not keep it`);
  }
}

async function putBack(
  session: VaultSession,
  target: EnvRef,
  names: readonly string[],
  before: ReadonlyMap<string, number>,
): Promise<void> {
  for (const name of names) {
    const version = before.get(name);
    if (version === undefined) await session.removeSecret(target, name);
    else await session.restoreSecret(target, name, version);
  }
}

/** A new `.ov.yaml` beside the file, and the directory bound to it: the user has just given the password for this. */
async function writeProjectFile(
  door: Door,
  session: VaultSession,
  { plan, source }: OpenPlan,
  names: readonly string[],
): Promise<string | null> {
  if (plan.projectFile !== null || names.length === 0) return null;
  const folder = source.path === null ? door.start.cwd : dirname(source.path);
  const path = join(folder, PROJECT_FILE);
  const text = serializeProjectFile({ ...plan.target, secrets: [...names].sort() });
  prepareFile(path, new TextEncoder().encode(text), 0o644).commit();
  await door.bind(session, folder, plan.target);
  return path;
}

function sameEnv(a: EnvRef, b: EnvRef): boolean {
  return a.app === b.app && a.env === b.env;
}
