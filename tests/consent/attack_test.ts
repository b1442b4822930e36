/**
 * Who has a shell of the same user, and no master password: they start `ov mcp` with a client of their own, answer its
 * questions themselves, and reach for the page with a client of HTTP. They get nothing, with the vault locked or not.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { FAKE_VALUE } from "../mcp/ov_world.ts";
import { type Json, toolErrorOf } from "../mcp/line_client.ts";
import { HandTab } from "./hand_tab.ts";
import { PageWorld, PASSWORD } from "./page_world.ts";

const RUN = { command: ["node", "show.js"], secrets: ["STRIPE_SECRET_KEY"] };
const EVERYTHING = { elicitation: { form: {}, url: {} } };

Deno.test("a client of the attacker's own that says yes to everything gets nothing from a locked vault", async () => {
  await using page = await PageWorld.start();
  const asked: string[] = [];
  page.client.onRequest = (request) => {
    asked.push(request.params.mode ?? "form");
    return { action: "accept", content: { decision: "always" } };
  };
  await page.client.initialize(EVERYTHING);
  const call = page.client.tool("vault_run", RUN);
  const { params } = await page.client.other(({ method }) => method === "elicitation/create");
  assert.equal(params.mode, "url");
  const thief = new HandTab(params.url);
  const shown = await thief.open();
  assert.ok(!shown.includes(FAKE_VALUE));
  for (const password of ["", "guess", "x".repeat(4000)]) {
    assert.notEqual((await thief.answer("accept", password)).state, "allowed");
  }
  assert.equal((await thief.answer("deny", "")).state, "refused");
  assert.equal(toolErrorOf(await call).code, "policy/not-authorized");
  assert.deepEqual(asked, ["url"]);
  const status = (await page.client.tool("vault_status")).structuredContent;
  assert.deepEqual([status.unlocked, status.authorized, status.runs], [false, false, 0]);
  assert.equal(page.openedCount, 0);
});

Deno.test("whoever reaches an address before the browser burns it, and allows nothing without the password", async () => {
  await using page = await PageWorld.start();
  await page.client.initialize();
  const call = page.client.tool("vault_run", RUN);
  const address = await page.opened();
  const thief = new HandTab(address);
  await thief.open();
  // The person's browser comes second, and is told.
  const second = await fetch(address);
  assert.equal(second.status, 410);
  assert.match(await second.text(), /another program on this machine was faster/);
  for (let i = 0; i < 5; i++) await thief.answer("accept", `guess ${i}`);
  assert.equal((await thief.answer("accept", PASSWORD)).state, "ended");
  assert.equal(toolErrorOf(await call).code, "vault/locked");
  assert.equal((await page.client.tool("vault_status")).structuredContent.unlocked, false);
});

Deno.test("what curl sends without being the page is refused, with nothing in the answer", async () => {
  await using page = await PageWorld.start();
  await page.client.initialize();
  const call = page.client.tool("vault_list_secrets");
  const address = await page.opened();
  const { host, origin } = new URL(address);
  const curl = async (...args: string[]) => {
    const { stdout } = await new Deno.Command("curl", {
      args: ["-s", "-S", "-o", "-", "-w", "\n%{http_code}", ...args],
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  assert.equal(await curl("-H", "Host: ov.example", address), "421");
  assert.equal(await curl("-H", "Sec-Fetch-Site: cross-site", address), "403");
  assert.equal(await curl("-X", "OPTIONS", "-H", `Origin: http://evil.example`, address), "405");
  assert.equal(await curl(`${origin}/`), "404");
  assert.equal(await curl("--path-as-is", `${origin}/open/../q/`), "404");
  assert.equal(await curl("-H", `Host: ${host}`, "-d", "x", `${origin}/q/AAAAAAAAAAAAAAAAAAAAAA/answer`), "404");
  const thief = new HandTab(address);
  await thief.open();
  const at = `${origin}${thief.path}`;
  assert.match(await curl(at), /another browser[\s\S]*403$/);
  assert.equal(await curl("-b", thief.cookie, "-d", "x", `${at}answer`), "403");
  assert.equal(await curl("-b", thief.cookie, "-H", "x-ov: 1", "-d", "x", `${at}answer`), "403");
  await thief.answer("deny", "");
  assert.equal(toolErrorOf(await call).code, "policy/not-authorized");
});

Deno.test("a second ov mcp beside an authorised one is not authorised, and its answers count for nothing", async () => {
  await using page = await PageWorld.start();
  await page.client.initialize();
  const call = page.client.tool("vault_list_secrets");
  const person = new HandTab(await page.opened());
  await person.open();
  assert.equal((await person.answer("accept", PASSWORD)).state, "allowed");
  assert.equal((await call).structuredContent.secrets.length, 2);
  assert.equal((await page.client.tool("vault_status")).structuredContent.authorized, true);

  const other = await PageWorld.start({ world: page.world, browser: false });
  other.client.onRequest = () => ({ action: "accept", content: { decision: "always" } });
  await other.client.initialize({ elicitation: { form: {} } });
  assert.equal(toolErrorOf(await other.client.tool("vault_run", RUN)).code, "vault/locked");
  assert.equal((await other.client.tool("vault_status")).structuredContent.authorized, false);
  assert.equal((await other.end()).code, 0);
});

Deno.test("on an authorised connection the client's form counts, and nothing else does", async () => {
  await using page = await PageWorld.start();
  page.client.onRequest = () => ({ action: "accept", content: { decision: "once" } });
  await page.client.initialize({ elicitation: { form: {} } });
  const call = page.client.tool("vault_run", RUN);
  const person = new HandTab(await page.opened());
  await person.open();
  await person.answer("accept", PASSWORD);
  assert.equal((await call).structuredContent.exit_code, 0);
  assert.equal(page.client.others.filter(({ method }) => method === "elicitation/create").length, 1);
  assert.equal(page.openedCount, 1);
});

Deno.test("without a browser the answer is the line to run, at once", async () => {
  await using page = await PageWorld.start({ browser: false });
  await page.client.initialize();
  const locked = toolErrorOf(await page.client.tool("vault_run", RUN));
  assert.equal(locked.code, "vault/locked");
  assert.match(locked.hint!, /ov mcp --authorize/);
  const value = toolErrorOf(await page.client.tool("vault_create_secret", { name: "NEW_KEY" }));
  assert.equal(value.code, "vault/locked");
});

Deno.test("a browser that fails to start is none", async () => {
  const broken = await PageWorld.start();
  await Deno.writeTextFile(join(broken.world.folder, "browser"), "#!/bin/sh\nexit 3\n");
  await using page = broken;
  await page.client.initialize();
  assert.equal(toolErrorOf(await page.client.tool("vault_run", RUN)).code, "vault/locked");
});

Deno.test("a remembered program is listed, bound to its chain, and can be revoked", async () => {
  await using page = await PageWorld.start();
  await page.client.initialize();
  const call = page.client.tool("vault_list_secrets");
  const person = new HandTab(await page.opened());
  assert.match(await person.open(), /Remember this program for 30 days/);
  assert.equal((await person.answer("accept", PASSWORD)).state, "allowed");
  await call;
  const { clients } = await page.world.json(["client", "list"]) as { clients: Json[] };
  assert.equal(clients.length, 1);
  assert.equal(clients[0].client, "line-client 1");
  assert.equal(clients[0].program, Deno.realPathSync(Deno.execPath()));
  await page.world.json(["client", "revoke", clients[0].id]);
  assert.deepEqual((await page.world.json(["client", "list"]))["clients"], []);
  const none = await page.world.ovUnlocked(["--json", "client", "revoke", "nope"]);
  assert.equal(none.code, 5);
});
