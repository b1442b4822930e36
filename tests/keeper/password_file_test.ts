import assert from "node:assert/strict";
import { join } from "node:path";
import { OvError } from "../../src/base/mod.ts";
import { readPasswordFile } from "../../src/keeper/password_file.ts";
import { withFolder } from "./folder.ts";

const uid = Deno.uid();

async function read(content: string | Uint8Array, mode = 0o600, platform = "linux", owner: number | null = uid) {
  let text = "";
  await withFolder((folder) => {
    const path = join(folder, "password");
    Deno.writeFileSync(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    Deno.chmodSync(path, mode);
    // EXPOSE: a test compares it.
    text = new TextDecoder().decode(readPasswordFile(path, platform, owner).expose());
  });
  return text;
}

const refused = (state: RegExp) => (error: unknown) =>
  error instanceof OvError && error.code === "vault/password-file" && state.test(error.message) &&
  error.hint !== undefined;

const READ: readonly [string, string, string][] = [
  ["the whole file", "fake pass word", "fake pass word"],
  ["all but one line feed", "fake\n", "fake"],
  ["all but one CRLF", "fake\r\n", "fake"],
  ["a second line feed as part of it", "fake\n\n", "fake\n"],
  ["blanks at both ends", "  fake \n", "  fake "],
  ["4096 bytes", "x".repeat(4096), "x".repeat(4096)],
];
for (const [name, content, password] of READ) {
  Deno.test(`readPasswordFile() takes ${name}`, async () => assert.equal(await read(content), password));
}

Deno.test("readPasswordFile() takes a file that only its owner can read, or read and execute", async () => {
  for (const mode of [0o600, 0o400, 0o700]) assert.equal(await read("fake", mode), "fake");
});

Deno.test("readPasswordFile() refuses a file with any bit for group or others", async () => {
  for (const bit of [0o040, 0o020, 0o010, 0o004, 0o002, 0o001]) {
    await assert.rejects(read("fake", 0o600 | bit), refused(/others can read or change it/));
  }
});

Deno.test("readPasswordFile() does not look at modes and owners on Windows", async () => {
  assert.equal(await read("fake", 0o644, "windows", null), "fake");
});

Deno.test("readPasswordFile() refuses a file of another user", async () => {
  await assert.rejects(read("fake", 0o600, "linux", uid! + 1), refused(/belongs to another user/));
});

Deno.test("readPasswordFile() refuses an empty file, and one that holds only a line break", async () => {
  for (const content of ["", "\n", "\r\n"]) await assert.rejects(read(content), refused(/it is empty/));
});

Deno.test("readPasswordFile() refuses a file over 4096 bytes", async () => {
  await assert.rejects(read("x".repeat(4097)), refused(/longer than 4096 bytes/));
});

Deno.test("readPasswordFile() refuses what is no regular file, and what is not there", async () => {
  await withFolder(async (folder) => {
    const real = join(folder, "real");
    Deno.writeTextFileSync(real, "fake", { mode: 0o600 });
    Deno.symlinkSync(real, join(folder, "link"));
    await new Deno.Command("mkfifo", { args: ["-m", "600", join(folder, "fifo")] }).output();
    for (const name of [".", "link", "fifo"]) {
      assert.throws(() => readPasswordFile(join(folder, name), "linux", uid), refused(/not a regular file/), name);
    }
    assert.throws(() => readPasswordFile(join(folder, "missing"), "linux", uid), refused(/can not be read/));
  });
});
