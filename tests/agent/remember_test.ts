/** `ov unlock --remember` and `--forget` with a real keyring: libsecret's `secret-tool` and GNOME's daemon on a bus of their own. */
import assert from "node:assert/strict";
import { refusedJson } from "../e2e/assertions.ts";
import { type Ended, PASSWORD, TYPE_PASSWORD, type World } from "../e2e/ov.ts";
import { TestKeyring } from "./keyring.ts";
import { AgentWorld, NAME } from "./world.ts";

const probe = await TestKeyring.start();
await probe?.[Symbol.asyncDispose]();
const options = { ignore: probe === null };
const NEEDS = "(needs dbus-daemon, gnome-keyring-daemon and secret-tool)";

const statusOf = async (world: World) => JSON.parse((await world.ov(["status", "--json"])).stdout);
const ENTRY = /^ov1\.[A-Za-z0-9_-]{43}$/;

/** Ids of the vaults that a keyring may be asked for: there is one. */
async function vaultIdOf({ ovHome }: World): Promise<string> {
  const { VaultSession } = await import("../../src/keeper/vault_session.ts");
  return VaultSession.describe(ovHome)!.vaultId;
}

async function remember({ world }: AgentWorld, keyring: TestKeyring): Promise<string> {
  const ended = await world.terminal(["unlock", "--remember"], [TYPE_PASSWORD], { env: keyring.env });
  assert.equal(ended.code, 0, ended.transcript);
  assert.match(ended.transcript, /Any program that runs as you can take that key[^]*read every value[^]*From now on/);
  const entry = await keyring.get(await vaultIdOf(world));
  assert.match(entry!, ENTRY);
  assert.ok(!ended.raw.includes(entry!.slice(4)));
  return entry!;
}

function refused(ended: Ended, status: number, text: RegExp): void {
  assert.equal(ended.code, status, ended.stderr);
  assert.match(ended.stderr, text);
}

Deno.test({
  name: `ov unlock --remember: from then on unlocking asks the keyring, and nothing else does ${NEEDS}`,
  ...options,
  fn: async () => {
    await using keyring = (await TestKeyring.start())!;
    await using made = await AgentWorld.create();
    const { world } = made;
    const { env } = keyring;
    // The password file is no person.
    refusedJson(await world.ovUnlocked(["unlock", "--remember", "--json"], { env }), "usage/no-terminal");
    assert.equal(await keyring.get(await vaultIdOf(world)), null);
    assert.equal((await statusOf(world)).remembered, false);

    const entry = await remember(made, keyring);
    assert.equal((await statusOf(world)).remembered, true);
    await made.grant("echo", "granted");
    assert.equal((await world.ov(["agent", "stop"])).code, 0);
    const unlocked = await world.ov(["unlock", "--json"], { env });
    assert.equal(unlocked.code, 0, unlocked.stderr);
    assert.equal(JSON.parse(unlocked.stdout).by_keyring, true);
    assert.ok(!(unlocked.stdout + unlocked.stderr).includes(entry.slice(4)));
    assert.match((await world.ov(["unlock"], { env })).stdout, /^Unlocked again by the keyring/);
    assert.equal((await made.run(["echo", "granted"], { env })).stdout, "granted\n");

    // With the key in the keyring and the vault unlocked by it, each of these still wants a person.
    for (
      const argv of [
        ["run", "--secrets", NAME, "--", "true"],
        ["secret", "get", NAME],
        ["export", "--plain", "--format", "dotenv", "--output", "x"],
        ["approve"],
        ["grant", "add", "--secrets", NAME, "--", "true"],
        ["policy", "set", "open"],
        ["password", "sheet"],
        ["password", "change"],
        ["rotate"],
        ["shell"],
      ]
    ) {
      const ended = await world.ov([...argv, "--json"], { env });
      assert.ok(ended.code === 2 || ended.code === 4, `${argv.join(" ")}: ${ended.code}`);
      assert.ok(!ended.stdout.includes(made.value));
    }
    const { entries } = await world.json(["audit"]) as { entries: { text: string; who: string }[] };
    const texts = entries.map(({ who, text }) => `${who}: ${text}`);
    assert.ok(texts.includes("human: put an unlock key into the keyring"));
    assert.equal(texts.filter((text) => text === "-: unlocked the agent for 8 h, by the key in the keyring").length, 2);
  },
});

Deno.test({
  name: `ov unlock --forget takes it out of keyring and vault; an entry that is put back opens nothing ${NEEDS}`,
  ...options,
  fn: async () => {
    await using keyring = (await TestKeyring.start())!;
    await using made = await AgentWorld.create();
    const { world } = made;
    const { env } = keyring;
    const id = await vaultIdOf(world);
    const first = await remember(made, keyring);
    const second = await remember(made, keyring);
    assert.ok(first !== second);
    await world.ov(["agent", "stop"]);

    await keyring.put(id, first);
    const old = await world.terminal(["unlock"], [TYPE_PASSWORD], { env });
    assert.match(old.transcript, /The key in the keyring opens nothing any more[^]*Unlocked: /);
    await keyring.put(id, "something else");
    refused(await world.ov(["unlock"], { env }), 2, /terminal/);
    await keyring.put(id, second);

    const forgotten = await world.ov(["unlock", "--forget"], { env });
    assert.deepEqual([forgotten.code, forgotten.stderr], [0, ""]);
    assert.match(forgotten.stdout, /^Forgotten/);
    assert.equal(await keyring.get(id), null);
    assert.equal((await statusOf(world)).remembered, false);
    assert.match((await world.ov(["unlock", "--forget"], { env })).stdout, /^Nothing to forget/);
    await keyring.put(id, second);
    await world.ov(["agent", "stop"]);
    refused(await world.ov(["unlock"], { env }), 2, /terminal/);
    await world.json(["backup", "b"]);
  },
});

Deno.test({
  name: `a keyring that can not be asked costs the password, and forgetting without it takes the password ${NEEDS}`,
  ...options,
  fn: async () => {
    await using keyring = (await TestKeyring.start())!;
    await using made = await AgentWorld.create();
    const { world } = made;
    await remember(made, keyring);
    await world.ov(["agent", "stop"]);
    const typed = await world.terminal(["unlock"], [TYPE_PASSWORD]);
    assert.match(typed.transcript, /Password: [^]*Unlocked: /);
    refused(await world.ov(["unlock", "--forget"]), 2, /terminal/);
    const forgotten = await world.terminal(["unlock", "--forget"], [TYPE_PASSWORD]);
    assert.match(forgotten.transcript, /Forgotten[^]*warning: The keyring could not be asked/);
    refused(await world.ov(["unlock"], { env: keyring.env }), 2, /terminal/);
  },
});

Deno.test("ov unlock --remember without a keyring is one clear line, before a password is asked for", async () => {
  await using made = await AgentWorld.create();
  const { world } = made;
  // No bus in this environment, whatever programs there are.
  const ended = await world.terminal(["unlock", "--remember"], []);
  assert.equal(ended.code, 5);
  assert.match(ended.transcript, /^ov: Cannot use the keyring: [^\r\n]+\r\nhint: [^\r\n]+\r\n$/);
  assert.ok(!ended.transcript.includes(PASSWORD));
  const json = await world.ov(["unlock", "--remember", "--json"]);
  refusedJson(json, "keyring/unavailable");
  refused(await world.ov(["unlock", "--forget", "--remember"]), 2, /--forget stands alone/);
  assert.equal(await made.status(), null);
});
