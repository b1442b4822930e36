/** The keyring behind a stand-in for `secret-tool` that writes down what it is given; and the words for `security`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { OvError } from "../../src/base/mod.ts";
import { Keyring, KEYRING_DIALECTS } from "../../src/run/keyring.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const ENTRY = "ov1.fake-entry";
const isUnavailable = (error: unknown) => error instanceof OvError && error.code === "keyring/unavailable";

/** Keeps one entry in a file, and what it was given beside it. */
const STAND_IN = `#!/bin/sh
cd "$(dirname "$0")"
printf '%s\\n' "$*" >> argv
env >> environment
case $1 in
  store) cat > entry ;;
  lookup) [ -f entry ] && cat entry ;;
  clear) rm entry ;;
esac
`;

/** A folder with a stand-in, on a PATH. Only root can make one that is taken. */
async function withStandIn(
  script: string,
  use: (at: { folder: string; environment: Record<string, string> }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ov-keyring-" });
  try {
    await Deno.writeTextFile(join(folder, "secret-tool"), script, { mode: 0o755 });
    await Deno.chmod(join(folder, "secret-tool"), 0o755);
    await use({ folder, environment: { PATH: folder, LD_PRELOAD: "x", OV_HOME: "x", XDG_RUNTIME_DIR: "/x" } });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const root = { ignore: Deno.build.os !== "linux" || Deno.uid() !== 0 };

Deno.test({
  name: "Keyring hands the entry over on stdin alone, and reads it back (needs root, whose programs alone are taken)",
  ...root,
  fn: () =>
    withStandIn(STAND_IN, async ({ folder, environment }) => {
      const keyring = await Keyring.find({ platform: "linux", environment });
      assert.equal(await keyring.lookup("id"), null);
      await keyring.store("id", utf8(ENTRY));
      assert.deepEqual(await keyring.lookup("id"), utf8(ENTRY));
      assert.equal(await keyring.clear("id"), true);
      assert.equal(await keyring.clear("id"), false);
      const given = await Deno.readTextFile(join(folder, "argv"));
      assert.match(given, /^lookup service opaquevault vault id\nstore --label=OpaqueVault unlock key service/);
      const environments = await Deno.readTextFile(join(folder, "environment"));
      assert.ok(environments.includes("XDG_RUNTIME_DIR=/x"));
      assert.ok(!/ov1\.|LD_PRELOAD|OV_HOME/.test(given + environments));
    }),
});

const WRONG: readonly [string, string][] = [
  ["complains", 'case $1 in lookup) echo "secret-tool: no bus" >&2; exit 1;; esac'],
  ["ends with another status", "exit 7"],
  ["is killed", "kill -9 $$"],
  ["keeps nothing", "exit $([ $1 = store ] && echo 0 || echo 1)"],
  ["keeps something else", "cat > /dev/null; [ $1 = lookup ] && echo other; exit 0"],
  ["refuses to store", "exit 1"],
];
for (const [what, script] of WRONG) {
  Deno.test({
    name: `Keyring.store() is keyring/unavailable where the program ${what} (needs root)`,
    ...root,
    fn: () =>
      withStandIn(`#!/bin/sh\n${script}\n`, async ({ environment }) => {
        const keyring = await Keyring.find({ platform: "linux", environment });
        await assert.rejects(keyring.store("id", utf8(ENTRY)), isUnavailable);
      }),
  });
}

Deno.test({
  name: "Keyring.find() passes over a program that another than root could have written (needs root)",
  ...root,
  fn: () =>
    withStandIn(STAND_IN, async ({ folder, environment }) => {
      const find = () => Keyring.find({ platform: "linux", environment });
      const program = join(folder, "secret-tool");
      await find();
      await Deno.chmod(program, 0o775);
      await assert.rejects(find(), isUnavailable);
      await Deno.chmod(program, 0o755);
      await Deno.chmod(folder, 0o777);
      await assert.rejects(find(), isUnavailable);
      await Deno.chmod(folder, 0o755);
      await Deno.chown(program, 65534, 65534);
      await assert.rejects(find(), isUnavailable);
      await Deno.chown(program, 0, 0);
      await Deno.chown(folder, 65534, 65534);
      await assert.rejects(find(), isUnavailable);
    }),
});

Deno.test("Keyring.find() is keyring/unavailable without a program, on a relative PATH, and on another platform", async () => {
  const find = (platform: string, PATH: string) => Keyring.find({ platform, environment: { PATH } });
  await assert.rejects(find("linux", "/nonexistent"), isUnavailable);
  await assert.rejects(find("linux", ".:bin:"), isUnavailable);
  await assert.rejects(find("windows", "/usr/bin"), isUnavailable);
});

Deno.test("the entry never stands in an argument, on either platform; `security` gets it as words on stdin", () => {
  const id = "0".repeat(32);
  for (const dialect of Object.values(KEYRING_DIALECTS)) {
    for (const argv of [dialect.lookup(id), dialect.store(id), dialect.clear(id)]) {
      assert.ok(argv.every((word) => !word.includes(ENTRY)));
    }
    assert.ok(new TextDecoder().decode(dialect.input(id, utf8(ENTRY))).includes(ENTRY));
  }
  assert.deepEqual(KEYRING_DIALECTS.security.store(id), ["-i"]);
  assert.equal(
    new TextDecoder().decode(KEYRING_DIALECTS.security.input(id, utf8(ENTRY))),
    `add-generic-password -U -s opaquevault -a ${id} -l "OpaqueVault unlock key" -w ${ENTRY}\n`,
  );
});
