/**
 * Every step that a change of the disk is made of: each SQLite statement and each call of the file system that writes.
 * At each, what a process that is killed there would leave behind can be looked at. The kernel keeps what was written,
 * so a copy of the files at that moment is what SIGKILL leaves.
 */
import { createHash } from "node:crypto";
import { DatabaseSync, StatementSync } from "node:sqlite";

const FILE_CALLS = [
  ...["linkSync", "renameSync", "removeSync", "makeTempFileSync", "makeTempDirSync", "copyFileSync"],
  ...["openSync", "writeFileSync", "chmodSync", "mkdirSync"],
];

type Call = (...args: unknown[]) => unknown;

/** Runs `act`; calls `atStep` before each step, and once more at the end. @returns how many steps there were */
export async function withSteps(act: () => Promise<unknown>, atStep: (step: number) => void): Promise<number> {
  let steps = 0;
  let inside = false;
  const before = (original: Call): Call =>
    function (this: unknown, ...args) {
      if (!inside) {
        inside = true;
        try {
          atStep(steps++);
        } finally {
          inside = false;
        }
      }
      return original.apply(this, args);
    };
  const places: [Record<string, unknown>, string][] = [
    ...["run", "all"].map((name) => [StatementSync.prototype, name] as unknown as [Record<string, unknown>, string]),
    [DatabaseSync.prototype as unknown as Record<string, unknown>, "close"],
    ...FILE_CALLS.map((name) =>
      [Deno as unknown as Record<string, unknown>, name] as [Record<string, unknown>, string]
    ),
  ];
  const originals = places.map(([object, name]) => object[name] as Call);
  places.forEach(([object, name], i) => object[name] = before(originals[i]!));
  try {
    await act();
  } finally {
    places.forEach(([object, name], i) => object[name] = originals[i]);
  }
  atStep(steps);
  return steps;
}

/**
 * Runs `act` and gives copies of a folder at its steps, in order, as whoever is killed there leaves it; only those that
 * differ from the one before. With `beside`, another folder is copied into each as `beside`.
 *
 * @param to where the copies go: a path that they continue
 */
export async function statesLeft(
  folder: string,
  to: string,
  act: () => Promise<unknown>,
  beside?: string,
): Promise<string[]> {
  const states: string[] = [];
  let last = "";
  await withSteps(act, (step) => {
    const digest = digestOf(folder) + (beside === undefined ? "" : digestOf(beside));
    if (digest === last) return;
    last = digest;
    const state = `${to}${step}`;
    copyAsKilled(folder, state);
    if (beside !== undefined) copyAsKilled(beside, `${state}/beside`);
    states.push(state);
  });
  return states;
}

function digestOf(folder: string): string {
  const hash = createHash("sha256");
  for (const name of filesOf(folder)) hash.update(`${name}\n`).update(Deno.readFileSync(`${folder}/${name}`));
  return hash.digest("hex");
}

/** Copies the files of a folder as they are now. @param to must not be there */
export function copyAsKilled(from: string, to: string): void {
  Deno.mkdirSync(to, { mode: 0o700 });
  for (const name of filesOf(from)) {
    Deno.writeFileSync(`${to}/${name}`, Deno.readFileSync(`${from}/${name}`), { mode: 0o600 });
  }
}

/** Not what SQLite shares in memory, which it makes anew from the others. */
function filesOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter(({ name, isFile }) => isFile && !name.endsWith("-shm"))
    .map(({ name }) => name).sort();
}
