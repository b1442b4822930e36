/** The real compiler's file, read: what is baked in and what is embedded, against literal lists. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { baseRuntime, compiledTest } from "./base_runtime.ts";
import { bakedFlags, buildReal, unpack } from "./build.ts";
import type { Binary } from "./binary.ts";

const folder = baseRuntime === null ? "" : await Deno.makeTempDir({ prefix: "ov-compiled-" });
addEventListener("unload", () => {
  if (folder !== "") Deno.removeSync(folder, { recursive: true });
});

let built: Promise<Binary> | undefined;
/** The build without narrowing, made once. */
const plain = () => built ??= buildReal(join(folder, "ov"));

const C_LIBRARY_PATHS = [
  "/lib/x86_64-linux-gnu/libc.so.6",
  "/lib/aarch64-linux-gnu/libc.so.6",
  "/lib64/libc.so.6",
  "/usr/lib/libc.so.6",
  "/lib/libc.so.6",
  "/lib/ld-musl-x86_64.so.1",
  "/lib/ld-musl-aarch64.so.1",
  "/usr/lib/libSystem.B.dylib",
];

/** What a build without narrowing bakes in. An empty list means all of a kind, `null` none of it. */
const BAKED = {
  allow_env: [],
  deny_env: null,
  ignore_env: null,
  allow_net: ["127.0.0.1:0"],
  deny_net: null,
  allow_ffi: C_LIBRARY_PATHS,
  deny_ffi: null,
  allow_read: [],
  deny_read: null,
  ignore_read: null,
  allow_run: [],
  deny_run: null,
  allow_sys: ["uid"],
  deny_sys: null,
  allow_write: [],
  deny_write: null,
  // The compiler adds these by itself; denying all of them, below, wins.
  allow_import: [
    "jsr.io:443",
    "deno.land:443",
    "esm.sh:443",
    "raw.esm.sh:443",
    "cdn.jsdelivr.net:443",
    "raw.githubusercontent.com:443",
    "gist.githubusercontent.com:443",
  ],
  deny_import: [],
  prompt: false,
};

compiledTest("compile bakes in exactly these permissions and never prompts", async () => {
  const { metadata } = await plain();
  assert.deepEqual(metadata.permissions, BAKED);
});

compiledTest("compile bakes in nothing else that changes how the program runs", async () => {
  const { metadata } = await plain();
  const named = ["argv", "location", "ca_stores", "ca_data", "unsafely_ignore_certificate_errors"] as const;
  assert.deepEqual(Object.fromEntries(named.map((name) => [name, metadata[name]])), {
    argv: [],
    location: null,
    ca_stores: null,
    ca_data: null,
    unsafely_ignore_certificate_errors: null,
  });
  assert.deepEqual(metadata["env_vars_from_env_file"], {});
  assert.deepEqual(metadata["preload_modules"], []);
  assert.deepEqual(metadata["require_modules"], []);
  assert.deepEqual(metadata.unstable_config.features, ["worker-options"]);
  assert.equal(metadata["app_name"], "ov");
  assert.equal(metadata["code_cache_key"], null);
});

compiledTest("compile --sync-host --run bakes in that host and those programs alone", async () => {
  const { metadata } = await buildReal(join(folder, "ov-narrow"), {
    narrowing: { syncHost: "sync.example.com", run: ["node", "npx"] },
  });
  assert.deepEqual(metadata.permissions, {
    ...BAKED,
    allow_net: ["127.0.0.1:0", "sync.example.com"],
    allow_run: ["node", "npx"],
  });
});

compiledTest("compile embeds one module for the front and one for each worker, and nothing else", async () => {
  const { metadata, files } = await plain();
  const names = [...files.keys()].map((name) => name.replace(/_[0-9a-f]{8}\.mjs$/, "_#.mjs")).sort();
  assert.deepEqual(names, [
    ".deno_compile_bundle_#.mjs",
    ".deno_compile_worker_#.mjs", // src/agent/worker.ts
    ".deno_compile_worker_#.mjs", // src/consent/worker.ts
    ".deno_compile_worker_#.mjs", // src/keeper/worker.ts
    ".deno_compile_worker_#.mjs", // src/strength/worker.ts
  ]);
  assert.match(metadata.entrypoint_key, /^\.deno_compile_bundle_/);
});

compiledTest("compile keeps packages out of the modules with keys, and the keys out of all others", async () => {
  const { metadata, files } = await plain();
  const text = new TextDecoder();
  const modules = [...files].map(([name, bytes]) => ({ name, source: text.decode(bytes) }));
  const holders = (mark: string) =>
    modules.filter(({ source }) => source.includes(mark)).map(({ name }) => name).sort();
  const front = metadata.entrypoint_key;
  // Words of each package, and of the platform's parts that only a module with keys uses.
  assert.deepEqual(holders("allowUnknownOption"), [front], "commander");
  assert.deepEqual(holders("elicitation/create"), [front], "the MCP server");
  const strength = holders("l33t");
  assert.equal(strength.length, 1, "the estimator");
  const keepers = holders("raw-secret");
  assert.equal(keepers.length, 2, "Argon2id: the keeper, alone and in the agent");
  assert.deepEqual(holders("DatabaseSync"), keepers, "SQLite");
  for (const name of [front, ...strength]) assert.ok(!keepers.includes(name), name);
});

compiledTest("the embedded modules start under the very permissions that are baked in", async () => {
  const launcher = await unpack(await plain(), join(folder, "unpacked"));
  const { code, stdout, stderr } = await new Deno.Command(launcher, { args: ["--version"], cwd: folder }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  assert.equal(code, 0);
  assert.match(new TextDecoder().decode(stdout), /\d+\.\d+\.\d+/);
});

Deno.test("bakedFlags() says the metadata as flags", () => {
  const metadata = {
    argv: [],
    permissions: { allow_env: [], allow_net: ["127.0.0.1:0", "a"], deny_net: null, deny_import: [], prompt: false },
    entrypoint_key: "x",
    unstable_config: { features: ["worker-options"] },
  };
  assert.deepEqual(bakedFlags({ metadata, files: new Map() }), [
    "--unstable-worker-options",
    "--no-prompt",
    "--allow-env",
    "--allow-net=127.0.0.1:0,a",
    "--deny-import",
  ]);
});
