import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import {
  asksForHelp,
  commandEnvironment,
  foldersWrittenBy,
  presentationOnly,
  subcommandOf,
} from "../../src/cli/start.ts";

Deno.test("subcommandOf() is the first word, and empty when there is none", () => {
  assert.equal(subcommandOf(["--app", "x", "secret", "get", "A"]), "secret");
  assert.equal(subcommandOf(["--json"]), "");
});

Deno.test("asksForHelp() leaves the child's own --help and a --version with a value alone", () => {
  assert.equal(asksForHelp(["secret", "get", "--help"]), true);
  assert.equal(asksForHelp(["grant", "add", "--secrets", "A", "node", "--help"]), false);
  assert.equal(asksForHelp(["secret", "get", "A", "--version", "2"]), false);
});

Deno.test("foldersWrittenBy() names the folders of files that a command writes", () => {
  assert.deepEqual(foldersWrittenBy("status", ["status"], "/w"), []);
  assert.deepEqual(foldersWrittenBy("import", ["import", ".dev.vars"], "/w"), ["/w"]);
  assert.deepEqual(foldersWrittenBy("import", ["import", "a/.dev.vars"], "/w"), ["/w", "/w/a"]);
  assert.deepEqual(foldersWrittenBy("export", ["export", "--output=/o/x"], "/w"), ["/w", "/o"]);
  assert.deepEqual(foldersWrittenBy("backup", ["backup", "/o/x"], "/w"), ["/w", "/o"]);
  assert.deepEqual(foldersWrittenBy("restore", ["restore", "/o/x"], "/w"), []);
  assert.deepEqual(foldersWrittenBy("export", ["export", "--output", "../x"], "/w/y"), ["/w/y", "/w"]);
});

Deno.test("presentationOnly() leaves nothing that could hold a secret", () => {
  assert.deepEqual(presentationOnly({ TERM: "xterm", API_KEY: "x", HOME: "/h", OV_PASSWORD_FILE: "/p" }), {
    TERM: "xterm",
  });
});

Deno.test("commandEnvironment() refuses what lets others into the runtime, and hands on what the launcher kept", () => {
  const open: readonly Record<string, string>[] = [
    { DENO_V8_FLAGS: "--trace" },
    { DENO_PERMISSION_BROKER_PATH: "/tmp/socket" },
    { NODE_OPTIONS: "--require /tmp/x.cjs" },
    { NODE_OPTIONS: "--max-old-space-size=4096 -r ./x" },
    { NODE_OPTIONS: '"--import" x' },
    { NODE_OPTIONS: "--inspect=127.0.0.1:9229" },
    { NODE_OPTIONS: "--inspect-brk" },
  ];
  for (const environment of open) {
    assert.throws(() => commandEnvironment(environment, false), (error: unknown) => {
      assert.ok(error instanceof OvError && error.code === "usage/invalid");
      assert.ok(error.message.includes(Object.keys(environment)[0]!));
      return true;
    });
  }
  const harmless = { PATH: "/bin", NODE_OPTIONS: "--max-old-space-size=4096 --report-on-signal", DENO_V8_FLAGS: "" };
  assert.deepEqual(commandEnvironment(harmless, false), harmless);
  // A compiled program does not look there.
  assert.deepEqual(commandEnvironment({ NODE_OPTIONS: "-r x" }, true), { NODE_OPTIONS: "-r x" });
  assert.throws(() => commandEnvironment({ DENO_V8_FLAGS: "--trace" }, true), OvError);
  assert.deepEqual(commandEnvironment({ OV_NODE_OPTIONS: "-r x" }, false), { NODE_OPTIONS: "-r x" });
});
