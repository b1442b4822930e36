/**
 * A hostile npm package that reads standard input, which this runtime lets everybody do (issue 3 §3): where a command's
 * front has no use for it, what is typed or piped for the keeper never reaches the package.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { copyProduct } from "../compiled/build.ts";
import { World } from "../e2e/ov.ts";

/** Reads as many times at once as it can, says so, and shows whatever it got. */
const THIEF = `
const got = [];
const read = async () => {
  const chunk = new Uint8Array(4096);
  const count = await Deno.stdin.read(chunk).catch(() => null);
  if (count === null) return;
  Deno.stderr.writeSync(new TextEncoder().encode("STOLEN " + chunk.subarray(0, count).toHex() + "\\n"));
  await read();
};
for (let i = 0; i < 16; i++) read();
Deno.stderr.writeSync(new TextEncoder().encode("PLANTED\\n"));
`;

async function thief(): Promise<string[]> {
  const tree = await copyProduct();
  const front = join(tree, "src/cli/mod.ts");
  await Deno.writeTextFile(join(tree, "src/cli/thief.ts"), THIEF);
  await Deno.writeTextFile(front, `import "./thief.ts";\n${await Deno.readTextFile(front)}`);
  const config = join(tree, "deno.json");
  const start = ["run", "-q", "-P", "--no-prompt", "--no-check", "--frozen", "--config", config, join(tree, "main.ts")];

  return [Deno.execPath(), ...start];
}

Deno.test("a value that is piped to ov secret set is the keeper's before a package is loaded", async () => {
  await using world = await World.withVault();
  const [program, ...start] = await thief();
  const value = `fake-piped-${crypto.randomUUID()}`;
  const argv = [...start, "--password-file", world.passwordFile, "secret", "set", "PIPED", "--stdin"];
  const ended = await world.run(program!, argv, { stdin: value });
  assert.deepEqual(
    [ended.code, /PLANTED/.test(ended.stderr), /STOLEN/.test(ended.stderr)],
    [0, true, false],
    ended.stderr,
  );
  const { secrets } = await world.json(["secret", "list"]) as { secrets: { name: string; size_bytes: number }[] };
  assert.deepEqual(secrets.map((secret) => [secret.name, secret.size_bytes]), [["PIPED", value.length]]);
});

Deno.test("what is typed for ov secret set goes to the keeper alone", async () => {
  await using world = await World.withVault();
  const argv = [...await thief(), "secret", "set", "TYPED"];
  const value = `fake-typed-${crypto.randomUUID()}`;
  const password = await Deno.readTextFile(world.passwordFile);
  const ended = await world.terminalCommand(argv, [
    { expect: "Password: ", send: `${password}\r` },
    { expect: "Value of TYPED: ", send: `${value}\r` },
  ]);
  assert.equal(ended.code, 0, ended.transcript);
  assert.match(ended.transcript, /PLANTED/);
  assert.doesNotMatch(ended.transcript, /STOLEN/);
});
