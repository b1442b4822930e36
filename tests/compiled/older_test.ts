/** A compiled program that starts: the end-to-end tests run on it by `OV_BINARY`; here only that it is one. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Secret } from "../../src/base/mod.ts";
import { deriveArgon2id } from "../../src/crypto/argon2id.ts";
import { deriveArgon2id as deriveByWasm } from "./argon2id_hash_wasm.ts";
import { compiledTest } from "./base_runtime.ts";
import { buildOlder } from "./build.ts";

compiledTest("a compiled program starts, alone in an empty folder", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ov-older-" });
  try {
    const path = join(folder, "ov");
    await buildOlder(path);
    const { code, stdout, stderr } = await new Deno.Command(path, {
      args: ["--version"],
      cwd: folder,
      clearEnv: true,
      env: { HOME: folder, PATH: "" },
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "");
    assert.equal(code, 0);
    assert.match(new TextDecoder().decode(stdout), /\d+\.\d+\.\d+/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

compiledTest("a narrowed program starts what it was built for, and refuses the rest in one line", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ov-narrow-" });
  try {
    const path = join(folder, "ov");
    await buildOlder(path, { narrowing: { run: ["true"] } });
    const password = join(folder, "password");
    await Deno.writeTextFile(password, `pw-${crypto.randomUUID()}`, { mode: 0o600 });
    const ov = async (...args: string[]) => {
      const { code, stderr } = await new Deno.Command(path, {
        args: ["--password-file", password, ...args],
        cwd: folder,
        clearEnv: true,
        env: { HOME: folder, OV_HOME: join(folder, "home"), PATH: Deno.env.get("PATH") ?? "" },
        stdin: "null",
      }).output();
      return { code, stderr: new TextDecoder().decode(stderr) };
    };
    assert.equal((await ov("init")).code, 0);
    assert.equal((await ov("secret", "generate", "API_KEY")).code, 0);
    assert.deepEqual(await ov("run", "--secrets", "API_KEY", "--", "true"), { code: 0, stderr: "" });
    const refused = await ov("run", "--secrets", "API_KEY", "--", "sh", "-c", "echo not to be seen");
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /^ov: Cannot run [^\n]*: this ov may not start it\nhint: [^\n]+\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("deriveArgon2id() of the test binary gives the product's bytes", async () => {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  for (const cost of [{ memoryKib: 64, passes: 1, parallelism: 1 }, { memoryKib: 256, passes: 3, parallelism: 4 }]) {
    for (const text of ["x", "correct horse", "pä\u0000sswörd".repeat(20)]) {
      const password = new TextEncoder().encode(text);
      const ours = new Secret("a", await deriveArgon2id(password, salt, cost));
      assert.ok(ours.equals(new Secret("b", await deriveByWasm(password, salt, cost))), text);
    }
  }
});
