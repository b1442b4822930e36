/** A grant, and the same in words. */
import type { GrantView } from "../../src/keeper/protocol.ts";
import { DAY, MINUTE, NOW } from "./fake.ts";

/** A grant as the keeper shows it. */
export const GRANT: GrantView = {
  id: "g7k2m",
  app: "shop",
  env: "development",
  secrets: ["STRIPE_SECRET_KEY"],
  program: "/usr/bin/node",
  argv: ["scripts/a b.js"],
  workDir: "/w",
  pins: [{ path: "/w/scripts/a b.js", sha256: "0123456789abcdef".repeat(4) }],
  trees: [],
  use: "always",
  until: null,
  createdAt: NOW - DAY,
  lastUsedAt: NOW - 5 * MINUTE,
  uses: 2,
};

/** {@link GRANT} in words. */
export const GRANT_TEXT = `Grant      g7k2m
Command    /usr/bin/node 'scripts/a b.js'
Directory  /w
Secrets    STRIPE_SECRET_KEY
From       shop/development
Files      /w/scripts/a b.js (sha256 0123456789ab…)
Lasts      always
Used       2 times, last 5 minutes ago
`;
