import assert from "node:assert/strict";
import deno from "../../deno.json" with { type: "json" };
import { compileArguments, permissionFlags, TARGETS } from "../../scripts/compile.ts";
import { runDeno } from "../../scripts/process.ts";
import { C_LIBRARIES } from "../../src/keeper/native.ts";

Deno.test("permissionFlags() takes the set of deno.json and never prompts when nothing is narrowed", () => {
  assert.deepEqual(permissionFlags({}), ["-P", "--no-prompt"]);
});

Deno.test("permissionFlags() puts exactly the host and the programs in the set's place when they are given", () => {
  assert.deepEqual(permissionFlags({ syncHost: "sync.example.com", run: ["node", "/usr/bin/npx"] }), [
    "-P",
    "--no-prompt",
    "--allow-net=127.0.0.1:0,sync.example.com",
    "--allow-run=node,/usr/bin/npx",
  ]);
  assert.deepEqual(permissionFlags({ syncHost: "10.0.0.1:8443" }).at(-1), "--allow-net=127.0.0.1:0,10.0.0.1:8443");
});

Deno.test("permissionFlags() refuses what would widen a build unseen", () => {
  for (
    const syncHost of ["", "a,b", "https://a.example", "*.example.com", "a.example/x", "a b", "a:", "-a", "a:123456"]
  ) {
    assert.throws(() => permissionFlags({ syncHost }), TypeError, syncHost);
  }
  for (const run of [[], [""], ["a,b"], ["a b"], ["node", ""]]) {
    assert.throws(() => permissionFlags({ run }), TypeError, run.join("|"));
  }
});

Deno.test("compileArguments() bundles, freezes and keeps no code cache for every target", () => {
  for (const target of [undefined, ...TARGETS]) {
    const args = compileArguments("dist/ov", {}, target);
    for (const flag of ["--frozen", "--bundle", "--minify", "--no-code-cache", "-P", "--no-prompt"]) {
      assert.ok(args.includes(flag), flag);
    }
    assert.equal(args.at(-1), "main.ts");
    assert.equal(args.includes("--target"), target !== undefined);
  }
  assert.equal(TARGETS.length, 5);
});

Deno.test("compile ends with one line and status 2 when it is asked for something that it can not do", async () => {
  const cases = [["--target", "riscv64"], ["--sync-host", "https://a.example"], ["--run", "a b"], ["--everything"]];
  for (const args of cases) {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "scripts/compile.ts", ...args],
      env: { NO_COLOR: "1" },
      stdout: "null",
      stderr: "piped",
    }).output();
    assert.equal(code, 2, args.join(" "));
    assert.equal(new TextDecoder().decode(stderr).trimEnd().split("\n").length, 1, args.join(" "));
  }
});

Deno.test("deno.json grants this and no more", () => {
  assert.deepEqual(deno.permissions.default, {
    read: true,
    write: true,
    run: true,
    env: true,
    sys: ["uid"],
    net: ["127.0.0.1:0"],
    ffi: [
      "/lib/x86_64-linux-gnu/libc.so.6",
      "/lib/aarch64-linux-gnu/libc.so.6",
      "/lib64/libc.so.6",
      "/usr/lib/libc.so.6",
      "/lib/libc.so.6",
      "/lib/ld-musl-x86_64.so.1",
      "/lib/ld-musl-aarch64.so.1",
      "/usr/lib/libSystem.B.dylib",
    ],
    import: { deny: true },
  });
  assert.deepEqual(deno.permissions.default.ffi, Object.values(C_LIBRARIES).flat());
});

Deno.test("deno.json pins every package to one version and freezes what the gate runs", async () => {
  for (const [name, target] of Object.entries(deno.imports)) {
    assert.match(target, new RegExp(`^npm:${name}@\\d+\\.\\d+\\.\\d+$`));
  }
  const { success, output } = await runDeno(["install", "--frozen"]);
  assert.ok(success, output);
});

Deno.test("deno.lock holds no package that deno.json does not name", async () => {
  // A package that somebody only tried would stay in the lockfile, and `deno compile` embeds every native file in it.
  const lock = JSON.parse(await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)));
  const named = Object.values(deno.imports).sort();
  assert.deepEqual(lock.workspace.dependencies.toSorted(), named);
  // A package's own optional and peer packages have no specifier here; only what was imported or run by name has.
  assert.deepEqual(Object.keys(lock.specifiers).sort(), named);
});
