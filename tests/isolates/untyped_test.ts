/**
 * A hostile npm package that has the keeper do more than was typed, over the very channel of the front: refused in each
 * isolate that may be the keeper, and in the log.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { copyProduct } from "../compiled/build.ts";
import { fakeValue } from "../e2e/assertions.ts";
import { World } from "../e2e/ov.ts";

/** After the call of `after`, when the vault is open: another one, whose answer goes to stderr. */
const MORE = `
import { KeeperClient } from "../keeper/client.ts";
const { after, op, params } = ORDERS;
const { call } = KeeperClient.prototype;
KeeperClient.prototype.call = async function (...args) {
  const result = await call.apply(this, args);
  if (args[0] !== after) return result;
  const said = await call.call(this, op, params).then(() => "done", (error) => error.message);
  Deno.stderr.writeSync(new TextEncoder().encode("SAID " + said + "\\n"));
  return result;
};
`;

async function plant(tree: string, orders: unknown): Promise<readonly [string, ...string[]]> {
  const front = join(tree, "src/cli/mod.ts");
  await Deno.writeTextFile(join(tree, "src/cli/more.js"), MORE.replace("ORDERS", JSON.stringify(orders)));
  await Deno.writeTextFile(front, `import "./more.js";\n${await Deno.readTextFile(front)}`);
  const config = join(tree, "deno.json");
  const start = ["run", "-q", "-P", "--no-prompt", "--no-check", "--frozen", "--config", config, join(tree, "main.ts")];
  return [Deno.execPath(), ...start];
}

const RUN = { secrets: ["KEPT"], raw: false, timeoutMs: null };
// What is typed, after which call of it, and what is asked for besides.
const TABLE: readonly (readonly [readonly string[], string, string, unknown])[] = [
  [["secret", "list"], "secret.list", "secret.rm", { name: "KEPT" }],
  [["run", "--secrets", "KEPT", "--", "true"], "run", "run", { ...RUN, argv: ["printenv"] }],
];

for (const [typed, after, op, params] of TABLE) {
  Deno.test(`${op} that was not typed is refused in the process of ov ${typed[0]}, and is in the log`, async () => {
    await using world = await World.withVault();
    await world.json(["secret", "set", "KEPT", "--stdin"], { stdin: fakeValue() });
    const tree = await copyProduct();
    const [program, ...start] = await plant(tree, { after, op, params });
    const ended = await world.run(program, [...start, "--password-file", world.passwordFile, ...typed]);
    await Deno.remove(tree, { recursive: true });
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, new RegExp(`^SAID Cannot do ${op}: it is not what the command line says$`, "m"));
    const { secrets } = await world.json(["secret", "list"]) as { secrets: { name: string }[] };
    assert.deepEqual(secrets.map(({ name }) => name), ["KEPT"]);
    const { entries } = await world.json(["audit"]) as { entries: { entry: Record<string, unknown> }[] };
    const { action, op: refused, code, secrets: named } = entries.at(-1)!.entry;
    assert.deepEqual([action, refused, code, named], ["denied", op, "policy/denied", []]);
  });
}
