import assert from "node:assert/strict";
import { RULES, scanText } from "../../src/detect/mod.ts";
import { seeded } from "../dotenv/generate.ts";
import { fillSample } from "./sample.ts";

/** Rules for which chance may fail a sample at the edge of what counts as random. */
const SAMPLES = 40;

for (const rule of RULES) {
  Deno.test(`${rule.id} finds each of its positives and none of its negatives`, () => {
    assert.ok(rule.positives.length > 0 && rule.negatives.length > 0, "a rule carries its evidence");
    const random = seeded(rule.id.length);
    for (let i = 0; i < SAMPLES; i++) {
      for (const template of rule.positives) {
        const text = fillSample(template, random);
        const found = scanText(text).map((finding) => finding.rule);
        assert.ok(found.includes(rule.id), `${template}: found ${found.join(", ") || "nothing"} in ${text}`);
        const inside = `{"text": ${JSON.stringify(`see:\n${text}\n`)}}`;
        assert.ok(scanText(inside).length > 0, `${template}, in JSON`);
      }
      for (const template of rule.negatives) {
        const text = fillSample(template, random);
        const found = scanText(text).map((finding) => finding.rule);
        assert.ok(!found.includes(rule.id), `${template}: found in ${text}`);
      }
    }
  });
}

Deno.test("RULES have ids of their own, global patterns and lower-case keywords", () => {
  assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
  assert.ok(RULES.length >= 60);
  for (const { id, pattern, keywords, label } of RULES) {
    assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(pattern.global, id);
    assert.ok(keywords.length > 0 && keywords.every((keyword) => keyword === keyword.toLowerCase()), id);
    assert.match(label, /^an? /);
  }
});
