import assert from "node:assert/strict";
import { asksForHelp, foldersWrittenBy, presentationOnly, subcommandOf } from "../../src/cli/start.ts";

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
