/**
 * Builds the program as a binary in the two ways that a machine without the newest base runtime can (see
 * `base_runtime.ts`): by the real compiler, whose file is read but not started here, and by an older compiler, whose file
 * starts. From the real compiler's file a third thing is made: what it embedded, started by the Deno of this process under
 * the very permissions that it baked in.
 *
 * Run: `deno run -A tests/compiled/build.ts FOLDER` with `OV_DENORT` set; prints the paths of two programs that start.
 */
import { join, resolve } from "node:path";
import { compileArguments, type Narrowing } from "../../scripts/compile.ts";
import { ROOT } from "../../scripts/process.ts";
import { baseRuntime } from "./base_runtime.ts";
import { type Binary, readBinary } from "./binary.ts";

/** The last compiler whose programs the base runtime can start. */
const OLDER_DENO = "2.6.8";

/** Modules that an older Deno can not run, and what gives the same bytes there. */
const SWAPS: Readonly<Record<string, string>> = {
  "src/crypto/argon2id.ts": "tests/compiled/argon2id_hash_wasm.ts",
};

/** The program as `deno task compile` makes it, read back. `output` is left in place. */
export async function buildReal(
  output: string,
  options: { narrowing?: Narrowing; tree?: string } = {},
): Promise<Binary> {
  await compile(Deno.execPath(), compileArguments(resolve(output), options.narrowing ?? {}), options.tree ?? ROOT);
  return await readBinary(output);
}

/**
 * The program by the older compiler, as a binary that starts. Unlike the real one it is not bundled, as that compiler can
 * not; permissions are the same.
 *
 * @param output where to put it
 * @param options `tree`: a changed copy of the product, from {@link copyProduct}, in place of the product
 */
export async function buildOlder(
  output: string,
  options: { narrowing?: Narrowing; tree?: string } = {},
): Promise<void> {
  const tree = await copyProduct(options.tree);
  try {
    for (const [to, from] of Object.entries(SWAPS)) await Deno.copyFile(join(ROOT, from), join(tree, to));
    const args = compileArguments(resolve(output), options.narrowing ?? {}).filter((arg) =>
      !["--frozen", "--bundle", "--minify", "main.ts"].includes(arg) && !arg.startsWith("--app-name")
    );
    const unlike = ["--no-lock", ...(await workersOf(tree)).map((worker) => `--include=${worker}`)];
    await compile("npx", ["-y", `deno@${OLDER_DENO}`, ...args, ...unlike, "main.ts"], tree);
  } finally {
    await Deno.remove(tree, { recursive: true });
  }
}

/** A copy of the product in a temporary folder, for the caller to change and to remove. */
export async function copyProduct(from: string = ROOT): Promise<string> {
  const tree = await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-product-" }));
  for (const path of ["main.ts", "deno.json", "deno.lock", "src"]) await copy(join(from, path), join(tree, path));
  return tree;
}

async function compile(program: string, args: readonly string[], cwd: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { DENORT_BIN: runtime(), DENO_TLS_CA_STORE: "system", NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`deno compile failed:\n${text.decode(stdout)}${text.decode(stderr)}`);
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const entry of Deno.readDir(from)) await copy(join(from, entry.name), join(to, entry.name));
}

/** Entries of isolates, which a compiler that does not bundle must be told of: those that `main.ts` starts. */
async function workersOf(tree: string): Promise<string[]> {
  const main = await Deno.readTextFile(join(tree, "main.ts"));
  return [...main.matchAll(/new Worker\(new URL\("\.\/([^"]+)"/g)].map((match) => match[1]!);
}

/**
 * Writes what the real compiler embedded into `folder`, with a launcher that starts it under the permissions that were
 * baked in. A compiled program starts itself again by its own path (the agent); as this one is none, it does so with the
 * `deno.json` beside it, which says the same permissions. @returns the launcher's path
 */
export async function unpack(binary: Binary, folder: string): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [path, bytes] of binary.files) await Deno.writeFile(join(folder, path), bytes);
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(bakedConfig(binary)));
  const flags = bakedFlags(binary);
  const entry = join(folder, binary.metadata.entrypoint_key);
  const launcher = join(folder, "ov");
  const words = [Deno.execPath(), "run", "--quiet", "--no-config", "--no-lock", "--cached-only", ...flags, entry];
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  await Deno.writeTextFile(launcher, `#!/bin/sh\nexec ${quoted} "$@"\n`);
  await Deno.chmod(launcher, 0o755);
  return launcher;
}

/** A `deno.json` that says what the metadata says. */
export function bakedConfig({ metadata }: Binary): Record<string, unknown> {
  const permissions: Record<string, Record<string, readonly string[] | true>> = {};
  for (const [name, value] of Object.entries(metadata.permissions)) {
    const kind = /^(allow|deny|ignore)_(\w+)$/.exec(name);
    if (kind === null || !Array.isArray(value)) continue;
    (permissions[kind[2]!] ??= {})[kind[1]!] = value.length === 0 ? true : value;
  }
  return { lock: false, unstable: metadata.unstable_config.features, permissions: { default: permissions } };
}

/** Flags of `deno run` that say what the metadata says. */
export function bakedFlags({ metadata }: Binary): string[] {
  const flags = metadata.unstable_config.features.map((feature) => `--unstable-${feature}`);
  if (metadata.permissions["prompt"] === false) flags.push("--no-prompt");
  for (const [name, value] of Object.entries(metadata.permissions)) {
    const kind = /^(allow|deny|ignore)_(\w+)$/.exec(name);
    // `null`: nothing of the kind was said. An empty list: all of it.
    if (kind === null || !Array.isArray(value)) continue;
    flags.push(`--${kind[1]}-${kind[2]}${value.length === 0 ? "" : `=${value.join(",")}`}`);
  }
  return flags;
}

function runtime(): string {
  if (baseRuntime === null) throw new Error("Cannot build: OV_DENORT names no base runtime");
  return baseRuntime;
}

if (import.meta.main) {
  const folder = Deno.args[0];
  if (folder === undefined) throw new TypeError("Usage: deno run -A tests/compiled/build.ts FOLDER");
  await Deno.mkdir(folder, { recursive: true });
  const older = join(resolve(folder), "ov-older");
  await buildOlder(older);
  console.log(older);
  console.log(await unpack(await buildReal(join(resolve(folder), "ov-real")), join(resolve(folder), "unpacked")));
}
