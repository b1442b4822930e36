import assert from "node:assert/strict";
import { join } from "node:path";
import { OvError } from "../../src/base/mod.ts";
import { resolveProgram } from "../../src/run/mod.ts";
import { put as write, withFolder } from "./temp_folder.ts";

const SCRIPT = "#!/bin/sh\nexit 0\n";

const put = (folder: string, name: string, mode = 0o755, text = SCRIPT) => write(folder, name, text, mode);

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert(error instanceof OvError);
    return error.code;
  }
  return "none";
}

Deno.test("resolveProgram() takes the first match in PATH and gives the real file beside it", () =>
  withFolder(async (folder) => {
    const real = await put(folder, "store/tool-1.2");
    await put(folder, "two/tool");
    await Deno.mkdir(join(folder, "one"));
    await Deno.symlink(real, join(folder, "one/tool"));
    const found = await resolveProgram("tool", { workDir: folder, path: `${folder}/one:${folder}/two` });
    assert.deepEqual(found, { path: join(folder, "one/tool"), realPath: real });
  }));

Deno.test("resolveProgram() goes past directories and files that are not executable", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "one/tool"), { recursive: true });
    await put(folder, "two/tool", 0o644);
    const third = await put(folder, "three/tool");
    const path = ["one", "two", "three"].map((name) => join(folder, name)).join(":");
    assert.equal((await resolveProgram("tool", { workDir: folder, path })).path, third);
  }));

Deno.test("resolveProgram() skips empty and relative entries of PATH", () =>
  withFolder(async (folder) => {
    await put(folder, "tool");
    await put(folder, "bin/tool");
    // Where such an entry would lead, were it looked at.
    const before = Deno.cwd();
    Deno.chdir(folder);
    for (const path of ["", ":", ".", "bin", "./bin", "::bin:."]) {
      assert.equal(await codeOf(resolveProgram("tool", { workDir: folder, path })), "run/not-found", path);
    }
    Deno.chdir(before);
  }));

Deno.test("resolveProgram() finds what a shell would start: in relative entries, and texts without a #! line", () =>
  withFolder(async (folder) => {
    const o = { workDir: folder, byOthers: true };
    await put(folder, "far/tool");
    const far = join(folder, "far");
    for (const path of ["", ".", "bin", "./bin"]) {
      const near = await put(folder, join(path, "tool"), 0o755, "echo\n");
      assert.equal((await resolveProgram("tool", { ...o, path: `${path}:${far}` })).path, near, path);
      await Deno.remove(near);
    }
    const text = await put(folder, "bin/tool", 0o755, "echo\n");
    assert.equal((await resolveProgram("tool", { ...o, path: `${folder}/bin:${far}` })).path, text);
    assert.equal((await resolveProgram("./bin/tool", { ...o, path: far })).path, text);
    await Deno.chmod(text, 0o644);
    assert.equal((await resolveProgram("tool", { ...o, path: `${folder}/bin:${far}` })).path, join(far, "tool"));
  }));

Deno.test("resolveProgram() resolves a path against the working directory and not against PATH", () =>
  withFolder(async (folder) => {
    const local = await put(folder, "bin/tool");
    const o = { workDir: folder, path: join(folder, "bin") };
    assert.equal((await resolveProgram("./bin/tool", o)).path, local);
    assert.equal((await resolveProgram("bin/tool", o)).path, local);
    assert.equal(await codeOf(resolveProgram("./tool", o)), "run/not-found");
  }));

Deno.test("resolveProgram() says why a file cannot be run", () =>
  withFolder(async (folder) => {
    const o = { workDir: folder, path: folder };
    await put(folder, "plain", 0o644);
    await put(folder, "text", 0o755, "echo a shell would run this\n");
    await put(folder, "empty", 0o755, "");
    await Deno.mkdir(join(folder, "dir"));
    assert.equal(await codeOf(resolveProgram("", o)), "usage/invalid");
    assert.equal(await codeOf(resolveProgram("a\0b", o)), "usage/invalid");
    for (const prefix of ["", "./"]) {
      assert.equal(await codeOf(resolveProgram(`${prefix}plain`, o)), "run/not-executable");
      assert.equal(await codeOf(resolveProgram(`${prefix}dir`, o)), "run/not-executable");
      assert.equal(await codeOf(resolveProgram(`${prefix}text`, o)), "run/not-executable");
      assert.equal(await codeOf(resolveProgram(`${prefix}empty`, o)), "run/not-executable");
      assert.equal(await codeOf(resolveProgram(`${prefix}missing`, o)), "run/not-found");
    }
  }));

Deno.test("resolveProgram() finds system programs when the caller has no PATH", async () => {
  assert.match((await resolveProgram("sh", { workDir: "/", path: undefined })).path, /^\/(usr\/)?(local\/)?bin\/sh$/);
});
