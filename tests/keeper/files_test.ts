import assert from "node:assert/strict";
import { join } from "node:path";
import { OvError } from "../../src/base/mod.ts";
import { fileError, prepareFile, writeFileAtomically } from "../../src/keeper/files.ts";
import { withFolder } from "./folder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const names = (folder: string) => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
const mode = (path: string) => Deno.statSync(path).mode! & 0o777;

Deno.test("prepareFile() leaves the target alone until commit() replaces it", async () => {
  await withFolder((folder) => {
    const path = join(folder, "a");
    Deno.writeTextFileSync(path, "old");
    const prepared = prepareFile(path, bytes("new"), 0o600);
    assert.equal(Deno.readTextFileSync(path), "old");
    assert.equal(names(folder).length, 2);
    prepared.commit();
    assert.equal(Deno.readTextFileSync(path), "new");
    assert.deepEqual(names(folder), ["a"]);
  });
});

Deno.test("prepareFile() leaves nothing behind when it is discarded", async () => {
  await withFolder((folder) => {
    const path = join(folder, "a");
    const prepared = prepareFile(path, bytes("new"), 0o600);
    prepared.discard();
    assert.deepEqual(names(folder), []);
    assert.throws(() => prepared.commit(), { code: "usage/file" });
  });
});

Deno.test("prepareFile() gives exactly the mode, whatever the umask", async () => {
  await withFolder((folder) => {
    const before = Deno.umask(0o077);
    try {
      for (const wanted of [0o600, 0o644, 0o664, 0o755]) {
        const path = join(folder, wanted.toString(8));
        writeFileAtomically(path, bytes("x"), wanted);
        assert.equal(mode(path), wanted);
      }
      Deno.umask(0);
      writeFileAtomically(join(folder, "b"), bytes("x"), 0o600);
      assert.equal(mode(join(folder, "b")), 0o600);
    } finally {
      Deno.umask(before);
    }
  });
});

Deno.test("prepareFile() is private from its first byte when the target is to be", async () => {
  await withFolder((folder) => {
    const before = Deno.umask(0);
    try {
      prepareFile(join(folder, "a"), bytes("x"), 0o600);
      assert.deepEqual(names(folder).map((name) => mode(join(folder, name))), [0o600]);
    } finally {
      Deno.umask(before);
    }
  });
});

Deno.test("commit() leaves nothing behind when the target can not be replaced", async () => {
  await withFolder((folder) => {
    const path = join(folder, "a");
    Deno.mkdirSync(join(path, "inside"), { recursive: true });
    const prepared = prepareFile(path, bytes("x"), 0o600);
    assert.throws(() => prepared.commit(), OvError);
    assert.deepEqual(names(folder), ["a"]);
  });
});

Deno.test("prepareFile() says which way it failed and leaves nothing behind", async () => {
  await withFolder((folder) => {
    assert.throws(() => prepareFile(join(folder, "none", "a"), bytes("x"), 0o600), { code: "usage/file" });
    assert.deepEqual(names(folder), []);
  });
});

Deno.test("prepareFile() says that the disk is full and leaves nothing behind", async () => {
  // A file-size limit stands in for a full disk everywhere; here the device that is always full.
  const error = await (async () => {
    const file = await Deno.open("/dev/full", { write: true });
    try {
      await file.write(bytes("x"));
      return null;
    } catch (error) {
      return error;
    } finally {
      file.close();
    }
  })();
  const said = fileError("Cannot write a", error);
  assert.equal(said.code, "io/no-space");
  assert.ok(said.hint!.includes("nothing was changed"));
});

Deno.test("fileError() names the state and never the platform's message", () => {
  const coded = (code: string) => Object.assign(new Error("fake-content"), { code });
  const TABLE: readonly [unknown, string][] = [
    [coded("ENOSPC"), "io/no-space"],
    [coded("EDQUOT"), "io/no-space"],
    [coded("EROFS"), "io/read-only"],
    [coded("EACCES"), "io/read-only"],
    [coded("EPERM"), "io/read-only"],
    [new Deno.errors.PermissionDenied("fake-content"), "io/read-only"],
    [new Deno.errors.NotFound("fake-content"), "usage/file"],
    [new Deno.errors.AlreadyExists("fake-content"), "usage/file"],
    [coded("EIO"), "io/failed"],
    [new Error("fake-content"), "io/failed"],
    ["fake-content", "io/failed"],
    [null, "io/failed"],
  ];
  for (const [cause, code] of TABLE) {
    const error = fileError("Cannot write a", cause);
    assert.equal(error.code, code, String(cause));
    assert.ok(error.message.startsWith("Cannot write a: "));
    assert.ok(!JSON.stringify(error.toWire()).includes("fake-content"));
  }
  const own = new OvError("vault/busy", "m");
  assert.equal(fileError("x", own), own);
});
