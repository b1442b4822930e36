/** Where a machine key may come from, and what is refused. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readMachineKey } from "../../src/keeper/machine_key_source.ts";
import { withFolder } from "./folder.ts";

const KEY = new Uint8Array(32).map((_, i) => i * 7 + 1);
const TEXT = KEY.toBase64();

function read(o: { file?: string; environment?: Record<string, string>; uid?: number } = {}): string | null {
  const key = readMachineKey({
    file: o.file,
    environment: o.environment ?? {},
    path: (given) => given,
    platform: Deno.build.os,
    uid: o.uid ?? Deno.uid(),
  });
  // EXPOSE: compared with what the test wrote.
  return key === null ? null : key.expose().toBase64();
}

function put(folder: string, name: string, content: string | Uint8Array, mode = 0o600): string {
  const path = join(folder, name);
  if (typeof content === "string") Deno.writeTextFileSync(path, content);
  else Deno.writeFileSync(path, content);
  Deno.chmodSync(path, mode);
  return path;
}

Deno.test("readMachineKey() takes 32 bytes, or their base64 with or without a line break, and base64 from a variable", () =>
  withFolder((folder) => {
    for (const content of [KEY, TEXT, `${TEXT}\n`, `${TEXT}\r\n`]) {
      assert.equal(read({ file: put(folder, "key", content) }), TEXT);
    }
    assert.equal(read({ environment: { OV_MACHINE_KEY: TEXT } }), TEXT);
    assert.equal(read({ environment: { OV_MACHINE_KEY: `${TEXT}\n` } }), TEXT);
    assert.equal(read({ environment: { OV_MACHINE_KEY_FILE: put(folder, "key", KEY) } }), TEXT);
  }));

Deno.test("readMachineKey() prefers the option, then the file that is named, then the variable; nothing is nothing", () =>
  withFolder((folder) => {
    const other = new Uint8Array(32).fill(9);
    const file = put(folder, "one", KEY);
    const environment = { OV_MACHINE_KEY_FILE: put(folder, "two", other), OV_MACHINE_KEY: other.toBase64() };
    assert.equal(read({ file, environment }), TEXT);
    assert.equal(read({ environment: { OV_MACHINE_KEY_FILE: file, OV_MACHINE_KEY: other.toBase64() } }), TEXT);
    assert.equal(read({ environment: { OV_MACHINE_KEY: "", OV_MACHINE_KEY_FILE: "" } }), null);
    assert.equal(read(), null);
  }));

Deno.test("readMachineKey() refuses a file that others can read or change, a link, a folder, none, and another's", () =>
  withFolder((folder) => {
    for (const mode of [0o604, 0o640, 0o602, 0o620, 0o644]) {
      assert.throws(
        () => read({ file: put(folder, "key", KEY, mode) }),
        { code: "machine-key/unusable" },
        mode.toString(8),
      );
    }
    const file = put(folder, "key", KEY);
    Deno.symlinkSync(file, join(folder, "link"));
    for (const path of [join(folder, "link"), folder, join(folder, "none")]) {
      assert.throws(() => read({ file: path }), { code: "machine-key/unusable" }, path);
    }
    assert.throws(() => read({ file, uid: Deno.uid()! + 1 }), {
      code: "machine-key/unusable",
      message: /another user/,
    });
  }));

Deno.test("readMachineKey() takes a systemd credential, which a group of one user may read, and no more than that", () =>
  withFolder((folder) => {
    const file = put(folder, "key", KEY, 0o440);
    assert.equal(read({ file, environment: { CREDENTIALS_DIRECTORY: folder } }), TEXT);
    for (const mode of [0o444, 0o460, 0o470]) {
      Deno.chmodSync(file, mode);
      assert.throws(() => read({ file, environment: { CREDENTIALS_DIRECTORY: folder } }), {
        code: "machine-key/unusable",
      });
    }
  }));

const BAD: Record<string, string> = {
  "31 bytes": KEY.subarray(1).toBase64(),
  "33 bytes": new Uint8Array(33).toBase64(),
  "base64url": new Uint8Array(32).fill(255).toBase64({ alphabet: "base64url" }),
  "no padding": TEXT.slice(0, -1),
  "stray bits": `${TEXT.slice(0, 42)}${TEXT[42] === "B" ? "C" : "B"}=`,
  "another text": "changeme",
};
for (const [what, text] of Object.entries(BAD)) {
  Deno.test(`readMachineKey() refuses ${what}, and does not repeat it`, () =>
    withFolder((folder) => {
      for (const o of [{ environment: { OV_MACHINE_KEY: text } }, { file: put(folder, "key", text) }]) {
        assert.throws(() => read(o), (error: Error & { code?: string; hint?: string }) => {
          assert.equal(error.code, "machine-key/unusable");
          assert.ok(!`${error.message}${error.hint}`.includes(text));
          return true;
        });
      }
    }));
}
