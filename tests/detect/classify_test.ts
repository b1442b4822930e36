import assert from "node:assert/strict";
import { classify, RULES } from "../../src/detect/mod.ts";
import { seeded } from "../dotenv/generate.ts";
import { fillSample, randomText } from "./sample.ts";

/** Name, template of the value, verdict, reason. */
const TABLE: [key: string, value: string, kind: "secret" | "setting", reason: string][] = [
  // The article's own file.
  ["SECRET_API_KEY", "{alnum:32}", "secret", "name ends in _KEY"],
  ["DATABASE_URL", "postgresql://user:password@localhost:5432/mydb", "secret", "URL with a password"],
  ["STRIPE_SECRET_KEY", "sk_test_{alnum:24}", "secret", "looks like a Stripe key"],
  ["ENVIRONMENT", "development", "setting", "plain word"],
  ["LOG_LEVEL", "debug", "setting", "plain word"],
  // By name.
  ["DB_PASSWORD", "hunter2", "secret", "name ends in _PASSWORD"],
  ["dbPassword", "hunter2", "secret", "name ends in _PASSWORD"],
  ["PASSWORD", "x", "secret", "name is PASSWORD"],
  ["PGPASSWORD", "x", "secret", "name holds PASSWORD"],
  ["SECRET_API_KEY", "abc", "secret", "name ends in _KEY"],
  ["TOKEN_2", "abc", "secret", "name is TOKEN"],
  ["JWT_SECRET", "change-me", "secret", "name ends in _SECRET"],
  ["SLACK_WEBHOOK", "https://example.com/hook", "secret", "name ends in _WEBHOOK"],
  ["SESSION_TOKEN_VALUE", "abc", "secret", "name holds TOKEN"],
  // By shape.
  ["X", "sk_live_{alnum:24}", "secret", "looks like a Stripe key"],
  ["X", "-----BEGIN PRIVATE KEY-----\n{base64:64}\n-----END PRIVATE KEY-----", "secret", "looks like a private key"],
  ["X", "redis://:{alnum:8}@host", "secret", "looks like a URL with a password"],
  ["X", "https://example.com/?api_key=abc", "secret", "URL with a credential in it"],
  ["X", "https://example.com/hooks/7f{hex:30}", "secret", "URL with a random part"],
  ["X", "Server=a;User=b;Password=c;", "secret", "connection text with a password"],
  ["X", '{"client_secret": "a"}', "secret", "JSON with a credential in it"],
  ["X", "9f{hex:30}", "secret", "high entropy"],
  ["X", "a1B{alnum:29}", "secret", "high entropy"],
  ["X", "k9!z", "secret", "not known to be a setting"],
  // Settings.
  ["X", "", "setting", "empty"],
  ["X", "  ", "setting", "empty"],
  ["X", "true", "setting", "true or false"],
  ["PORT", "3000", "setting", "a number"],
  ["CACHE_FOR", "15m", "setting", "a duration or size"],
  ["API_URL", "https://api.example.com/v1", "setting", "URL without credentials"],
  ["REDIS_URL", "redis://localhost:6379", "setting", "URL without credentials"],
  ["CORS", "http://localhost:3000,http://localhost:5173", "setting", "URL without credentials"],
  ["MODEL", "claude-sonnet-4-5", "setting", "plain word"],
  ["DB_NAME", "app2", "setting", "name ends in _NAME"],
  ["COMMIT_SHA", "{hex:40}", "setting", "name ends in _SHA"],
  ["ACCOUNT_ID", "{hex:32}", "setting", "name ends in _ID"],
  ["GREETING", "Hello to all of you", "setting", "plain words"],
  ["DATA", "./data/files", "setting", "a path"],
  ["FLAGS", '{"beta":true}', "setting", "JSON without credentials"],
  ["MAX_TOKENS", "4096", "setting", "name begins with MAX_"],
  ["TOKEN_TTL", "3600", "setting", "name ends in _TTL"],
  ["JWT_ALGORITHM", "HS256", "setting", "name ends in _ALGORITHM"],
  ["AUTH_URL", "https://auth.example.com", "setting", "name ends in _URL"],
  ["USE_TOKEN", "true", "setting", "name begins with USE_"],
  // Public by name, unless the value is certain to be no such thing.
  ["NEXT_PUBLIC_API_KEY", "{alnum:32}", "setting", "name begins with NEXT_PUBLIC_"],
  ["PUBLIC_ANYTHING", "{alnum:32}", "setting", "name begins with PUBLIC_"],
  ["VITE_FIREBASE_KEY", "AIza{alnum:35}", "setting", "name begins with VITE_"],
  ["STRIPE_PUBLISHABLE_KEY", "pk_test_{alnum:24}", "setting", "a publishable key"],
  ["STRIPE_KEY", "pk_live_{alnum:24}", "setting", "a publishable key"],
  ["TURNSTILE_SITE_KEY", "0x4AAAAAAA{alnum:14}", "setting", "name says a public key"],
  ["NEXT_PUBLIC_STRIPE", "sk_live_{alnum:24}", "secret", "looks like a Stripe key"],
  ["VITE_DB", "postgres://a:b@c/d", "secret", "URL with a password"],
  ["FIREBASE_KEY", "AIza{alnum:35}", "secret", "looks like a Google API key"],
  ["CLIENT_SECRET_PUBLIC_KEY", "abc", "secret", "name ends in _KEY"],
];

for (const [key, template, kind, reason] of TABLE) {
  Deno.test(`classify() calls ${key}=${JSON.stringify(template)} a ${kind}: ${reason}`, () => {
    const verdict = classify(key, fillSample(template));
    assert.deepEqual([verdict.kind, verdict.reason], [kind, reason]);
  });
}

Deno.test("classify() calls every rule's positives secret, and names the rule where it decides", () => {
  const random = seeded(7);
  let named = 0;
  for (const rule of RULES) {
    for (const template of rule.positives) {
      const verdict = classify("SOMETHING", fillSample(template, random));
      assert.equal(verdict.kind, "secret", `${template}: ${verdict.reason}`);
      if (verdict.rule === rule.id) named++;
    }
  }
  assert.ok(named > RULES.length);
});

Deno.test("classify() calls random values secret, whatever their alphabet", () => {
  const random = seeded(8);
  for (const alphabet of ["alnum", "hex", "base32", "base64", "url64", "lower"] as const) {
    let missed = 0;
    for (let i = 0; i < 500; i++) {
      if (classify("X", randomText(random, alphabet, 32)).kind !== "secret") missed++;
    }
    assert.equal(missed, 0, alphabet);
  }
});

Deno.test("classify() puts no part of a value into its reason", () => {
  for (const [key, template] of TABLE) {
    const value = fillSample(template).replaceAll(/[a-z]{5,}/g, "c4n4ry");
    assert.ok(!classify(key, value).reason.includes("c4n4ry"));
  }
});
