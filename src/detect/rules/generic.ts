import { entropyOf, looksRandom } from "../entropy.ts";
import { isPlaceholder } from "../placeholder.ts";
import { assigned, type Rule } from "../rule.ts";

/** Shapes of no one service: credentials in an address or a header, and random text under a telling name. */
export const GENERIC_RULES: readonly Rule[] = [
  {
    id: "url-password",
    label: "a URL with a password",
    keywords: ["://"],
    pattern:
      /\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}:\/\/[^\s/?#@:"'`<>\\]{0,128}:(?<secret>[^\s/?#@"'`<>\\]{3,256})@[^\s/?#@"'`<>\\]/g,
    accept: (secret) =>
      !isPlaceholder(secret) && !/[{}]/.test(secret) && !/^(?:pass(?:word|wd)?|pwd|secret|user)$/i.test(secret),
    positives: ["postgres://app:{alnum:16}@db.example.com:5432/app", "redis://:{alnum:12}@cache:6379"],
    negatives: [
      "https://example.com:8080/@scope/name",
      "postgres://user:password@localhost/db",
      "postgres://user:${PASSWORD}@localhost/db",
      "postgres://localhost:5432/db",
      "https://user@example.com",
      "see http://a.example:80 or mail me@example.com",
    ],
  },
  {
    id: "authorization-header",
    label: "an Authorization header",
    keywords: ["bearer ", "basic "],
    pattern: /(?:[Bb]earer|BEARER|[Bb]asic|BASIC) {1,2}(?<secret>[A-Za-z0-9+/=._~-]{16,4000})/g,
    accept: (secret) => looksRandom(secret) && !isPlaceholder(secret),
    positives: ["Authorization: Bearer 7a{alnum:40}", '"authorization":"Basic d1{alnum:30}=="'],
    negatives: ["Authorization: Bearer <token>", "bearer authentication-is-required", "basic understanding-of-things"],
  },
  {
    id: "named-secret",
    label: "a random value under a secret's name",
    keywords: ["key", "secret", "token", "passw", "pwd", "credential"],
    pattern: assigned(
      "api_?key|apikey|secret|token|passw(?:or)?d|passwd|pwd|credential|private_?key|access_?key|auth_?key",
      "[A-Za-z0-9+/=_.~!@%^&*-]{16,256}",
    ),
    accept: (secret) => looksRandom(secret) && !isPlaceholder(secret) && !isExpression(secret),
    positives: [
      "API_KEY=7f{alnum:30}",
      '"clientSecret": "9a{alnum:38}"',
      "password: a1{alnum:22}",
      '{\\"token\\":\\"1a{alnum:30}\\"}',
    ],
    negatives: [
      "token = process.env.GITHUB_TOKEN_2",
      "apiKey: config.get2.apiKey",
      "API_KEY=your-api-key-goes-here",
      "TOKEN=xxxxxxxxxxxxxxxxxxxxxxxx",
      "secretName: my-service-secret-name",
      "keyboard=1234567890abcdefgh",
    ],
  },
];

/** Code that reaches for a value rather than being one: dotted names, whose parts are as irregular as names are. */
function isExpression(text: string): boolean {
  return /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(text) &&
    text.split(".").every((part) => part.length < 20 || entropyOf(part) < 3.8);
}
