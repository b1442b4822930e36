import assert from "node:assert/strict";
import { FakeDesk, ORIGIN, PORT, VALUE_QUESTION } from "./fake_desk.ts";

const EVERY_REFUSAL = [400, 403, 404, 405, 410, 421];

async function refused(response: Promise<Response>, status: number): Promise<string> {
  const { status: got, headers } = await response;
  assert.equal(got, status);
  assert.ok(EVERY_REFUSAL.includes(got));
  assert.equal(headers.get("set-cookie"), null);
  assert.equal(headers.get("access-control-allow-origin"), null);
  return await (await response).text();
}

Deno.test("handle() shows a question to whoever opens its address, once", async () => {
  const desk = new FakeDesk();
  const address = desk.ask();
  const first = await desk.request(address);
  assert.equal(first.status, 200);
  assert.match(await first.text(), /Enter the value of a new secret/);
  assert.deepEqual(desk.said.at(-1), { t: "opened", id: "q1" });
  const second = await refused(desk.request(address), 410);
  assert.match(second, /opened before/);
  assert.doesNotMatch(second, /API_KEY|<script/);
});

Deno.test("handle() gives every answer the headers that keep it where it is", async () => {
  const desk = new FakeDesk();
  const address = desk.ask();
  const responses = [
    await desk.request(address),
    await desk.request(address),
    await desk.request("/"),
    await desk.request("/open/nonsense"),
    await desk.request(address, { headers: { host: "evil.example" } }),
  ];
  for (const { headers } of responses) {
    const policy = headers.get("content-security-policy")!;
    assert.match(policy, /^default-src 'none'; /);
    for (const part of ["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"]) {
      assert.ok(policy.includes(part), policy);
    }
    assert.doesNotMatch(policy, /unsafe|\*|https?:|data:/);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
  }
  const nonces = await Promise.all([1, 2].map(async (i) => {
    const response = await desk.request(desk.ask(`n${i}`));
    const nonce = /script-src 'nonce-([\w-]{22})'/.exec(response.headers.get("content-security-policy")!)![1]!;
    assert.ok((await response.text()).includes(`<script nonce="${nonce}">`));
    return nonce;
  }));
  assert.notEqual(nonces[0], nonces[1]);
});

Deno.test("handle() answers nobody who names another host: a rebound name reaches nothing", async () => {
  const desk = new FakeDesk();
  const address = desk.ask();
  const hosts = ["evil.example", `evil.example:${PORT}`, "127.0.0.1", `localhost:${PORT}`, `127.0.0.1:${PORT + 1}`, ""];
  for (const host of hosts) assert.equal(await refused(desk.request(address, { headers: { host } }), 421), "");
  assert.equal((await desk.request(address)).status, 200);
});

Deno.test("handle() opens nothing for another page's link, another method, or a made-up address", async () => {
  const desk = new FakeDesk();
  const address = desk.ask();
  for (const site of ["cross-site", "same-site", "anything"]) {
    await refused(desk.request(address, { headers: { "sec-fetch-site": site } }), 403);
  }
  for (const method of ["HEAD", "POST", "PUT", "OPTIONS"]) await refused(desk.request(address, { method }), 405);
  for (
    const path of ["/open/", "/open/x", "/open/__proto__", "/open", "/q/", "/q/x/", "/q/x/answer", "/", "/favicon.ico"]
  ) {
    await refused(desk.request(path), 404);
  }
  await desk.open(address);
});

Deno.test("handle() shows the question again to the browser that opened it, and to no other", async () => {
  const desk = new FakeDesk();
  const tab = await desk.open(desk.ask());
  const other = await desk.open(desk.ask("q2"));
  assert.equal((await desk.request(tab.path, { headers: { cookie: tab.cookie } })).status, 200);
  for (const cookie of ["", "ov=", "ov=AAAAAAAAAAAAAAAAAAAAAA", other.cookie]) {
    const text = await refused(desk.request(tab.path, { headers: { cookie } }), 403);
    assert.doesNotMatch(text, /API_KEY/);
    await refused(desk.answer(tab, {}, { headers: { cookie } }), 403);
    await refused(desk.request(`${tab.path}wait`, { headers: { cookie, "x-ov": "1" } }), 403);
  }
  assert.deepEqual(desk.answers, []);
});

Deno.test("handle() takes an answer from the page itself and from nowhere else", async () => {
  const desk = new FakeDesk();
  const tab = await desk.open(desk.ask());
  const wrong: Record<string, string | null>[] = [
    { origin: null },
    { origin: "null" },
    { origin: "http://127.0.0.1:3000" },
    { origin: `http://localhost:${PORT}` },
    { origin: `https://127.0.0.1:${PORT}` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { "x-ov": null },
    { "x-ov": "2" },
  ];
  for (const headers of wrong) await refused(desk.answer(tab, {}, { headers }), 403);
  assert.deepEqual(desk.answers, []);
  assert.deepEqual(await (await desk.answer(tab)).json(), { state: "allowed", message: "Fine." });
  assert.deepEqual(desk.answers, [{ decision: "accept", forMs: null, remember: false, password: "pw", value: "" }]);
});

Deno.test("handle() hands over what was typed byte for byte", async () => {
  const desk = new FakeDesk();
  const tab = await desk.open(desk.ask());
  const value = "-----BEGIN\n\tlines\r\nünïcode 🔑\n\n";
  await desk.answer(tab, { decision: "until", forMs: 60_000, remember: true }, { password: "pä ss\n", value });
  assert.deepEqual(desk.answers, [{
    decision: "until",
    forMs: 60_000,
    remember: true,
    password: "pä ss\n",
    value,
  }]);
});

Deno.test("handle() refuses a body that is not what the page's script sends", async () => {
  const desk = new FakeDesk();
  const tab = await desk.open(desk.ask());
  const bytes = (text: string) => new TextEncoder().encode(text);
  const bodies = [
    "",
    "{}",
    "{}\n",
    "not json\n",
    "null\n",
    `{"passwordBytes":1,"valueBytes":0}\n`,
    `{"passwordBytes":1,"valueBytes":0}\nab`,
    `{"passwordBytes":-1,"valueBytes":2}\na`,
    `{"passwordBytes":1.5,"valueBytes":0}\na`,
    `{"passwordBytes":"1","valueBytes":0}\na`,
    `${" ".repeat(2000)}{"passwordBytes":0,"valueBytes":0}\n`,
  ];
  for (const body of bodies) await refused(desk.answer(tab, {}, { raw: bytes(body) }), 400);
  await refused(desk.answer(tab, {}, { raw: new Uint8Array([0xff, 0xfe, 0x0a]) }), 400);
  await refused(desk.answer(tab, {}, { raw: new Uint8Array(1_000_000) }), 400);
  await refused(desk.answer(tab, {}, { headers: { "content-length": "1" } }), 400);
  await refused(desk.request(`${tab.path}answer`, { headers: desk.scriptHeaders(tab) }), 405);
  await refused(desk.request(`${tab.path}other`, { headers: desk.scriptHeaders(tab) }), 405);
  assert.deepEqual(desk.answers, []);
});

Deno.test("handle() lets a wrong password be corrected, and takes nothing after the end", async () => {
  const desk = new FakeDesk();
  const tab = await desk.open(desk.ask());
  desk.verdict = { state: "again", message: "Wrong." };
  assert.deepEqual(await (await desk.answer(tab)).json(), desk.verdict);
  desk.verdict = { state: "refused", message: "Refused." };
  assert.deepEqual(await (await desk.answer(tab, { decision: "deny" }, { password: "" })).json(), desk.verdict);
  assert.equal((await (await desk.answer(tab)).json()).state, "ended");
  assert.equal(desk.answers.length, 2);
  const after = await (await desk.request(tab.path, { headers: { cookie: tab.cookie } })).text();
  assert.match(after, /Refused\./);
  assert.doesNotMatch(after, /<form/);
});

Deno.test("handle() looks at one answer at a time", async () => {
  const desk = new FakeDesk();
  const tab = await desk.open(desk.ask());
  desk.verdict = null;
  const first = desk.answer(tab);
  while (desk.answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal((await (await desk.answer(tab)).json()).state, "again");
  assert.equal(desk.answers.length, 1);
  desk.say({ t: "verdict", id: "q1", verdict: { state: "allowed", message: "Fine." } });
  assert.equal((await (await first).json()).state, "allowed");
});

Deno.test("handle() takes one of two answers that come in at the same time, and lets neither wait for ever", async () => {
  const desk = new FakeDesk();
  const tab = await desk.open(desk.ask());
  desk.verdict = null;
  const both = [desk.answer(tab), desk.answer(tab)];
  while (desk.answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  desk.say({ t: "verdict", id: "q1", verdict: { state: "allowed", message: "Fine." } });
  const states = await Promise.all(both.map(async (response) => (await (await response).json()).state));
  assert.deepEqual(states.sort(), ["again", "allowed"]);
  assert.equal(desk.answers.length, 1);
});

Deno.test("a waiting page hears that its question was taken back", async () => {
  const desk = new FakeDesk();
  const tab = await desk.open(desk.ask());
  const waiting = await desk.request(`${tab.path}wait`, { headers: desk.scriptHeaders(tab) });
  desk.say({ t: "withdraw", id: "q1", reason: "Too late." });
  assert.deepEqual(await waiting.json(), { state: "ended", message: "Too late." });
  assert.equal((await (await desk.answer(tab)).json()).state, "ended");
  assert.deepEqual(desk.answers, []);
});

Deno.test("a page that was answered and is still open gets the next question, and no address is made", async () => {
  const desk = new FakeDesk();
  const tab = await desk.open(desk.ask());
  await desk.answer(tab);
  const waiting = await desk.request(`${tab.path}wait`, { headers: desk.scriptHeaders(tab) });
  desk.say({ t: "ask", id: "q2", question: { ...VALUE_QUESTION, name: "SECOND" } });
  assert.deepEqual(desk.said.at(-1), { t: "asked", id: "q2", address: null });
  assert.deepEqual(await waiting.json(), { state: "next" });
  const next = await (await desk.request(tab.path, { headers: { cookie: tab.cookie } })).text();
  assert.match(next, /SECOND/);
  await desk.answer(tab);
  assert.deepEqual(desk.said.filter(({ t }) => t === "answer").map(({ id }) => id), ["q1", "q2"]);
});

Deno.test("a page that goes away is reported, and the question can be shown again", async () => {
  const desk = new FakeDesk({ times: { waitMs: 60_000, graceMs: 1 } });
  const tab = await desk.open(desk.ask());
  const waiting = await desk.request(`${tab.path}wait`, { headers: desk.scriptHeaders(tab) });
  await waiting.body!.cancel();
  while (!desk.said.some(({ t }) => t === "away")) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(desk.said.at(-1), { t: "away", id: "q1" });
  const again = desk.ask();
  assert.ok(again.startsWith(`${ORIGIN}/open/`));
  const second = await desk.open(again);
  assert.notEqual(second.path, tab.path);
  // The first tab was restored: both are the same question, and it is answered once.
  assert.equal((await (await desk.answer(second)).json()).state, "allowed");
  assert.equal((await (await desk.answer(tab)).json()).state, "ended");
});

Deno.test("receive() reports where it can not listen, and never an address twice", () => {
  const desk = new FakeDesk({
    listen: () => {
      throw new Deno.errors.PermissionDenied("no");
    },
  });
  desk.say({ t: "ask", id: "q1", question: VALUE_QUESTION });
  assert.deepEqual(desk.said, [{ t: "failed", id: "q1" }]);
  const other = new FakeDesk();
  const addresses = Array.from({ length: 50 }, (_, i) => other.ask(`q${i}`));
  assert.equal(new Set(addresses).size, 50);
  for (const address of addresses) assert.match(address, /^http:\/\/127\.0\.0\.1:40123\/open\/[\w-]{22}$/);
});
