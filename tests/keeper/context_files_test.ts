import assert from "node:assert/strict";
import { join } from "node:path";
import { findProjectFile, PROJECT_FILE, readUserConfig, writeUserConfig } from "../../src/keeper/context_files.ts";
import { put, withFolder } from "./folder.ts";

Deno.test("findProjectFile() gives the file of the folder itself before one above", async () => {
  await withFolder((folder) => {
    put(folder, PROJECT_FILE, "app: outer\n");
    const inner = put(folder, `a/b/${PROJECT_FILE}`, "app: inner\nenv: staging\nsecrets: [A, B]\n");
    assert.deepEqual(findProjectFile(join(folder, "a", "b")), {
      path: inner,
      folder: join(folder, "a", "b"),
      content: { app: "inner", env: "staging", secrets: ["A", "B"] },
    });
    assert.equal(findProjectFile(join(folder, "a"))?.content.app, "outer");
    assert.equal(findProjectFile(join(folder, "a", "b", "c", "not", "there"))?.folder, join(folder, "a", "b"));
  });
});

Deno.test("findProjectFile() gives null when none stands at the folder or above", async () => {
  await withFolder((folder) => assert.equal(findProjectFile(folder), null));
});

Deno.test("findProjectFile() refuses a nearest file that is broken, and looks no further up", async () => {
  await withFolder((folder) => {
    put(folder, PROJECT_FILE, "app: outer\n");
    put(folder, `a/${PROJECT_FILE}`, "app: [\n");
    assert.throws(() => findProjectFile(join(folder, "a")), { code: "usage/project-file" });
  });
});

Deno.test("findProjectFile() refuses a folder, a FIFO and a huge file without waiting or reading", async () => {
  await withFolder(async (folder) => {
    Deno.mkdirSync(join(folder, "folder", PROJECT_FILE), { recursive: true });
    Deno.mkdirSync(join(folder, "fifo"));
    await new Deno.Command("mkfifo", { args: [join(folder, "fifo", PROJECT_FILE)] }).output();
    put(folder, `huge/${PROJECT_FILE}`, "#".repeat(64 * 1024 + 1));
    for (const name of ["folder", "fifo", "huge"]) {
      assert.throws(() => findProjectFile(join(folder, name)), { code: "usage/file" }, name);
    }
  });
});

Deno.test("readUserConfig() reads back what writeUserConfig() wrote, into private files", async () => {
  await withFolder((folder) => {
    const config = join(folder, "new", "config");
    assert.deepEqual(readUserConfig(config), {});
    const path = writeUserConfig(config, { app: "my-app", env: "staging" });
    assert.equal(path, join(config, "config.json"));
    assert.deepEqual(readUserConfig(config), { app: "my-app", env: "staging" });
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    assert.equal(Deno.statSync(config).mode! & 0o777, 0o700);
    writeUserConfig(config, { app: "other" });
    assert.deepEqual(readUserConfig(config), { app: "other" });
  });
});

Deno.test("readUserConfig() refuses what is not an object with two slugs", async () => {
  await withFolder((folder) => {
    for (const text of ["", "{", "[]", "null", '"a"', '{"app":1}', '{"app":"A B"}', '{"env":"../x"}', '{"app":null}']) {
      put(folder, "config.json", text);
      assert.throws(() => readUserConfig(folder), { code: "usage/file" }, text);
    }
    put(folder, "config.json", '{"later":{"field":1},"app":"a"}');
    assert.deepEqual(readUserConfig(folder), { app: "a" });
  });
});
