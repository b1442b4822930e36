import assert from "node:assert/strict";
import { questionDocument } from "../../src/consent/mod.ts";
import type { PageQuestion } from "../../src/keeper/page_protocol.ts";
import type { Consent } from "../../src/keeper/protocol.ts";

const EVIL = `"><script>alert(1)</script>'&<img src=x onerror=alert(1)>\u202e\u200b\x1b[2J\n`;

const CONSENT: Consent = {
  action: "run",
  app: "shop",
  env: "development",
  secrets: ["API_KEY", "OTHER"],
  program: "/usr/bin/node",
  argv: ["node", "a b.js", ""],
  workDir: "/w",
  pins: [{ path: "/w/a b.js", sha256: "0123456789abcdef".repeat(4) }],
  warnings: ["this prints"],
  choices: ["once", "session", "always"],
};

const ASKER = {
  client: "agent 1",
  chain: [{ pid: 7, path: "/usr/bin/agent", sha256: "ab".repeat(32), commandLine: "agent --serve" }],
};

function show(question: PageQuestion): string {
  return questionDocument(question, { nonce: "n", path: "/q/x/" });
}

/** Text between tags, as it is read. */
function text(html: string): string {
  return html.replace(/<(style|script)[\s\S]*?<\/\1>/g, "").replace(/<[^>]*>/g, " ")
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))).replace(/\s+/g, " ");
}

Deno.test("questionDocument() shows everything that a run would do, and nothing is left out", () => {
  const shown = text(show({ kind: "consent", asker: ASKER, consent: CONSENT }));
  const all = [
    "node 'a b.js' ''",
    "/usr/bin/node",
    "/w",
    "API_KEY OTHER",
    "shop / development",
    "/w/a b.js SHA-256 " + CONSENT.pins[0]!.sha256,
    "Look twice this prints",
    "calls itself agent 1 , through /usr/bin/agent",
    "process 7 started as agent --serve SHA-256 " + ASKER.chain[0]!.sha256,
  ];
  for (const part of all) {
    assert.ok(shown.includes(part.replace(" ,", ",")) || shown.includes(part), `${part}\n${shown}`);
  }
  const long = { ...CONSENT, argv: ["node", "x".repeat(100_000), "the end"] };
  assert.ok(text(show({ kind: "consent", asker: ASKER, consent: long })).includes("'the end'"));
});

Deno.test("questionDocument() offers only the choices that there are", () => {
  const all = show({ kind: "consent", asker: ASKER, consent: CONSENT });
  for (const value of ["once", "session", "until", "always"]) {
    assert.ok(all.includes(`name="decision" id="use-${value}"`));
  }
  const once = show({ kind: "consent", asker: ASKER, consent: { ...CONSENT, choices: ["once"] } });
  assert.equal(once.match(/name="decision"/g)!.length, 1);
  assert.match(once, /name="decision" value="once" checked hidden/);
});

Deno.test("questionDocument() lets no text of an agent's be read as HTML or hide anything", () => {
  const chain = [{ pid: 1, path: EVIL, sha256: EVIL, commandLine: EVIL }];
  const asker = { client: EVIL, chain };
  const consent = {
    ...CONSENT,
    app: EVIL,
    env: EVIL,
    secrets: [EVIL],
    program: EVIL,
    argv: [EVIL],
    workDir: EVIL,
    pins: [{ path: EVIL, sha256: EVIL }],
    warnings: [EVIL],
  };
  const questions: PageQuestion[] = [
    { kind: "consent", asker, consent },
    { kind: "consent", asker, consent: { ...consent, action: "delete" } },
    { kind: "connection", asker, wants: EVIL, locked: true, rememberDays: 30 },
    { kind: "value", asker, app: EVIL, env: EVIL, name: EVIL, replaces: true },
  ];
  for (const question of questions) {
    const html = show(question);
    assert.equal(html.match(/<script/g)!.length, 1, question.kind);
    assert.doesNotMatch(html, /<img|onerror=alert\(1\)>|\u202e|\u200b/);
    assert.ok(!html.includes("\x1b"));
    assert.ok(html.includes("&#60;script&#62;"), question.kind);
  }
});

Deno.test("questionDocument() names every field, and the fields that take a secret keep it to themselves", () => {
  const html = show({ kind: "value", asker: ASKER, app: "a", env: "e", name: "N", replaces: false });
  for (const [, id] of html.matchAll(/<(?:input|textarea|select)[^>]*\bid="([^"]+)"/g)) {
    const inLabel = new RegExp(`<label class="choice"><input[^>]*id="${id}"`).test(html);
    assert.ok(inLabel || html.includes(`for="${id}"`), id);
  }
  assert.match(html, /<input id="password" type="password" autocomplete="off"/);
  assert.match(html, /<textarea id="value"[^>]*spellcheck="false"/);
  assert.match(html, /<html lang="en"/);
});
