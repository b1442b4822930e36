import assert from "node:assert/strict";
import { RULES, scanText } from "../../src/detect/mod.ts";
import { seeded } from "../dotenv/generate.ts";
import { fillSample, randomText } from "./sample.ts";

Deno.test("scanText() gives rule and place of each finding, in order", () => {
  const stripe = fillSample("sk_test_{alnum:24}");
  const github = fillSample("ghp_{alnum:36}");
  const text = `first ${stripe}, then KEY="${github}" and again ${stripe}.`;
  const found = scanText(text).map(({ rule, start, end }) => [rule, text.slice(start, end)]);
  assert.deepEqual(found, [["stripe-secret-key", stripe], ["github-token", github], ["stripe-secret-key", stripe]]);
});

Deno.test("scanText() reports a place once, under the rule that knows it best", () => {
  const slack = fillSample("xoxb-{digit:12}-{digit:12}-{alnum:24}");
  assert.deepEqual(scanText(`SLACK_TOKEN=${slack}`), [{ rule: "slack-token", start: 12, end: 12 + slack.length }]);
});

Deno.test("scanText() reports the password of a URL, not the URL", () => {
  const password = fillSample("p4{alnum:14}");
  const text = `DATABASE_URL=postgres://app:${password}@db:5432/app`;
  assert.deepEqual(scanText(text).map(({ start, end }) => text.slice(start, end)), [password]);
});

Deno.test("scanText() finds a secret next to any character, escape or percent sign that is not part of a word", () => {
  const key = fillSample("sk_live_{alnum:24}");
  for (const before of ["", " ", '"', "'", "=", ":", ",", "(", "/", "\\n", "\\t", "%3D", "\u00e9", "\0"]) {
    assert.equal(scanText(`${before}${key}`).length, 1, before);
  }
  for (const after of ["", " ", '"', ",", ".", ")", "\\n", "&", "\0"]) {
    assert.equal(scanText(`${key}${after}`).length, 1, after);
  }
});

Deno.test("scanText() gives sorted findings without overlaps on random mixtures", () => {
  const random = seeded(0x5ca);
  const templates = RULES.flatMap(({ positives }) => positives);
  let total = 0;
  for (let i = 0; i < 500; i++) {
    const parts = Array.from(
      { length: 8 },
      () =>
        random() < 0.5
          ? fillSample(templates[Math.floor(random() * templates.length)]!, random)
          : randomText(random, "base64", 9),
    );
    const text = parts.join(random() < 0.5 ? "\n" : " = ");
    let end = 0;
    for (const finding of scanText(text)) {
      assert.ok(finding.start >= end && finding.end > finding.start && finding.end <= text.length);
      end = finding.end;
      total++;
    }
  }
  assert.ok(total > 1000);
});

Deno.test("scanText() comes back from long texts made to be slow", () => {
  // Each of these takes minutes with a pattern that tries again from every place; here a test that hangs is the failure.
  const many = 200_000;
  const repeated = [
    "a",
    "a:",
    "a://",
    "eyJ",
    "eyJaaaaaaaaaa.",
    "-----BEGIN PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ",
    "token",
    "token=",
    "aws secret ",
    "sk-",
    "PuTTY-User-Key-File-3: ",
    "https://a:",
    "Bearer ",
    "key_",
  ];
  for (const part of repeated) {
    assert.ok(Array.isArray(scanText(part.repeat(Math.ceil(many / part.length)) + " private key eyj ://")), part);
  }
});
