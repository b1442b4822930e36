import assert from "node:assert/strict";
import {
  canRemember,
  findClient,
  forgetClient,
  listClients,
  REMEMBER_DAYS,
  rememberClient,
} from "../../src/keeper/client_store.ts";
import { chainOf } from "../../src/keeper/client_chain.ts";
import type { ChainLink } from "../../src/keeper/page_protocol.ts";
import { World } from "./world.ts";

const LINK: ChainLink = { pid: 7, path: "/usr/bin/agent", sha256: "ab".repeat(32), commandLine: "agent --serve" };
const SHELL: ChainLink = { pid: 6, path: "/bin/sh", sha256: "cd".repeat(32), commandLine: "sh" };
const CHAIN = [LINK, SHELL];
const DAY = 86_400_000;

Deno.test("findClient() knows exactly the chain that was remembered, for its time", async () => {
  await World.with(async (world) => {
    await world.vault(async (vault) => {
      const { now } = world;
      await rememberClient(vault, "agent 1", CHAIN, now);
      const found = await findClient(vault, CHAIN.map((link) => ({ ...link, pid: link.pid + 100 })), now);
      assert.equal(found?.program, "/usr/bin/agent");
      const others: ChainLink[][] = [
        [],
        [LINK],
        [SHELL, LINK],
        [...CHAIN, SHELL],
        [{ ...LINK, sha256: "ef".repeat(32) }, SHELL],
        [{ ...LINK, path: "/tmp/agent" }, SHELL],
        [{ ...LINK, commandLine: "agent --serve --require evil.js" }, SHELL],
        [LINK, { ...SHELL, sha256: "ef".repeat(32) }],
        [{ ...LINK, sha256: null }, SHELL],
      ];
      for (const other of others) assert.equal(await findClient(vault, other, now), null, JSON.stringify(other));
      assert.equal(await findClient(vault, CHAIN, now + REMEMBER_DAYS * DAY), null);
      assert.deepEqual(await listClients(vault, now + REMEMBER_DAYS * DAY), []);
    });
  });
});

Deno.test("rememberClient() keeps one entry for one chain, and 64 in all", async () => {
  await World.with(async (world) => {
    await world.vault(async (vault) => {
      const { now } = world;
      await rememberClient(vault, "agent 1", CHAIN, now);
      await rememberClient(vault, "agent 2", CHAIN, now + 1);
      assert.deepEqual((await listClients(vault, now)).map(({ client }) => client), ["agent 2"]);
      for (let i = 0; i < 64; i++) {
        await rememberClient(vault, `n${i}`, [{ ...LINK, commandLine: `agent ${i}` }], now + 2 + i);
      }
      const names = (await listClients(vault, now)).map(({ client }) => client);
      assert.deepEqual([names.length, names[0], names.at(-1)], [64, "n0", "n63"]);
      const [first] = await listClients(vault, now);
      assert.equal(await forgetClient(vault, first!.id), true);
      assert.equal(await forgetClient(vault, first!.id), false);
    });
  });
});

Deno.test("canRemember() wants a program that is known by path, content and command line", () => {
  assert.equal(canRemember(CHAIN), true);
  assert.equal(canRemember([LINK, { ...SHELL, path: null, sha256: null }]), true);
  for (const part of [{ path: null }, { sha256: null }, { commandLine: "" }]) {
    assert.equal(canRemember([{ ...LINK, ...part }, SHELL]), false);
  }
  assert.equal(canRemember([]), false);
});

Deno.test("mcp.open authorises a remembered program where an agent lends the open vault, and no other", async () => {
  await World.with(async (world) => {
    const chain = await chainOf({ platform: Deno.build.os, pid: Deno.pid });
    const authorized = async () => {
      const keeper = world.keeper("mcp");
      await world.vault((vault) => (keeper.door.adopt(vault), Promise.resolve()));
      await keeper.call("mcp.open", { authorize: false });
      await keeper.call("mcp.list", {});
      return (await keeper.call("mcp.status", {})).authorized;
    };
    assert.equal(await authorized(), false);
    await world.vault((vault) => rememberClient(vault, "other", [{ ...chain[0]!, commandLine: "other" }], world.now));
    assert.equal(await authorized(), false);
    await world.vault((vault) => rememberClient(vault, "this", chain, world.now));
    assert.equal(await authorized(), true);
    assert.deepEqual((await world.audit("authorize")).map(({ origin }) => origin), ["remembered"]);
  });
});
