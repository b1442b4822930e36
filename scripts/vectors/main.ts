/**
 * Writes `tests/vectors/vault/`, the valid vaults and one file for each fault, and `tests/vectors/sheet/`. A file that is there is never replaced: where it
 * differs, this ends with an error that names it. `deno run -A scripts/vectors/main.ts`
 */
import { FAULTS } from "./faults.ts";
import { hex } from "./reference.ts";
import { FULL, MINIMAL, NOW, SIZES } from "./plans.ts";
import { codeCases } from "./sheet.ts";
import { SHEET, SHEET_FAULTS } from "./sheet_faults.ts";
import { type Plan, writeVault, type WrittenRecord } from "./writer.ts";

/**
 * A vector file. A valid one has `records` and `contents`; a fault is its `base` less `remove`, then with `put`. Where there
 * is a `code` or a `key`, it is opened by that and not by the password.
 */
export interface Vector {
  about: string;
  expect: string;
  password: string;
  code?: string;
  key?: string;
  now: number;
  records?: WrittenRecord[];
  contents?: unknown;
  base?: string;
  remove?: Omit<WrittenRecord, "body">[];
  put?: WrittenRecord[];
}

/** The text of each file by its name, without touching any. */
export async function makeVectors(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const add = (name: string, vector: Vector) => files.set(`${name}.json`, JSON.stringify(vector, null, 1) + "\n");
  const valid: [string, string, Plan][] = [
    ["full", "something of everything", FULL],
    ["minimal", "nothing but one env, with ov's own costs", MINIMAL],
    ["sizes", "values at the edges of the buckets", SIZES],
    ["sheet", "an emergency sheet and a remembered key", SHEET],
  ];
  for (const [name, about, plan] of valid) {
    const { password } = plan;
    const records = await writeVault(plan);
    add(`valid_${name}`, { about, expect: "ok", password, now: NOW, contents: contentsOf(plan), records });
  }
  const bases = { full: await writeVault(FULL), sheet: await writeVault(SHEET) };
  for (const { file, about, expect, password, code, key, plan, records } of [...FAULTS, ...SHEET_FAULTS]) {
    const base = plan === SHEET ? "sheet" : "full";
    const opener = code !== undefined ? { code } : key !== undefined ? { key } : {};
    const patch = difference(bases[base], await records());
    const how = { about, expect, password: password ?? FULL.password, ...opener, now: NOW };
    add(file, { ...how, base: `valid_${base}.json`, ...patch });
  }
  return files;
}

/** `tests/vectors/sheet/codes.json`. */
export function makeCodes(): string {
  return JSON.stringify(codeCases(), null, 1) + "\n";
}

function contentsOf(plan: Plan): unknown {
  return {
    apps: plan.apps.map((entry) => entry.app),
    envs: plan.envs.map(({ app, env, secrets }) => ({
      app,
      env,
      secrets: secrets.map((secret) => ({
        name: secret.name,
        canary: (secret.flags & 1) !== 0,
        maskable: (secret.flags & 2) !== 0,
        createdAt: secret.created,
        updatedAt: secret.updated,
        deletedAt: secret.deleted || null,
        versions: secret.versions.map(({ version, created, value }) => ({
          version,
          createdAt: created,
          value: hex(value),
        })),
      })),
    })),
    documents: plan.documents.map(({ kind, id, json }) => ({ kind, id, value: JSON.parse(json) })),
    audit: plan.audit.map(({ at, json }) => ({ at, entry: JSON.parse(json) })),
  };
}

function difference(base: WrittenRecord[], other: WrittenRecord[]): Pick<Vector, "remove" | "put"> {
  const key = ({ kind, scope, id }: WrittenRecord) => `${kind}/${scope}/${id}`;
  const before = new Map(base.map((record) => [key(record), record]));
  const after = new Map(other.map((record) => [key(record), record]));
  return {
    remove: base.filter((record) => !after.has(key(record))).map(({ kind, scope, id }) => ({ kind, scope, id })),
    put: other.filter((record) => before.get(key(record))?.body !== record.body),
  };
}

if (import.meta.main) {
  let [written, left] = [0, 0];
  for (
    const [place, files] of [["vault", await makeVectors()], ["sheet", new Map([["codes.json", makeCodes()]])]] as const
  ) {
    const folder = new URL(`../../tests/vectors/${place}/`, import.meta.url);
    Deno.mkdirSync(folder, { recursive: true });
    const there = new Set([...Deno.readDirSync(folder)].map((entry) => entry.name));
    left += there.size;
    for (const [name, text] of files) {
      const path = new URL(name, folder);
      if (!there.has(name)) {
        Deno.writeTextFileSync(path, text, { createNew: true });
        written += 1;
      } else if (Deno.readTextFileSync(path) !== text) {
        throw new Error(`${name} differs from what would be written now; vectors are never replaced`);
      }
    }
  }
  console.log(`${written} written, ${left} left as they are`);
}
