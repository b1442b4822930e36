/** The vaults that are written as they should be. */
import type { Plan, PlannedSecret } from "./writer.ts";
import { bytesOf } from "./reference.ts";

export const FLOOR = { memoryKib: 19_456, passes: 2, parallelism: 1 };
export const PASSWORD = "correct horse battery staple";
const T = 1_800_000_000_000;
export const NOW = T + 100_000;
const CANARY = 1;
const MASKABLE = 2;

function secret(name: string, values: string[], more: Partial<PlannedSecret> = {}): PlannedSecret {
  const versions = values.map((value, index) => ({ version: index + 1, created: T + index, value: bytesOf(value) }));
  return { name, flags: MASKABLE, created: T, updated: T + values.length - 1, deleted: 0, versions, ...more };
}

/** Nothing but `default/development`, with the costs that `ov` writes. */
export const MINIMAL: Plan = {
  seed: "minimal",
  password: PASSWORD,
  cost: { memoryKib: 65_536, passes: 3, parallelism: 4 },
  created: T,
  revision: 1,
  apps: [{ app: "default", created: T }],
  envs: [{ app: "default", env: "development", created: T, generation: 1, secrets: [] }],
  documents: [],
  audit: [],
};

/** Something of everything; each fault is this with one thing wrong. */
export const FULL: Plan = {
  seed: "full",
  password: PASSWORD,
  cost: FLOOR,
  created: T,
  revision: 9,
  apps: [{ app: "default", created: T }, { app: "my-saas", created: T + 1 }, { app: "z-empty", created: T + 2 }],
  envs: [
    {
      app: "default",
      env: "development",
      created: T,
      generation: 1,
      secrets: [
        secret("API_KEY", ["fake-one", "fake-two"]),
        secret("DATABASE_URL", ["postgres://fake:fake@localhost/none"]),
        secret("DECOY", ["fake-decoy"], { flags: CANARY | MASKABLE }),
        secret("REMOVED", ["fake-removed"], { deleted: T + 50 }),
      ],
    },
    {
      app: "my-saas",
      env: "production",
      created: T + 1,
      generation: 1,
      secrets: [secret("API_KEY", ["fake-production"])],
    },
  ],
  documents: [
    { kind: "grant", id: "one", revision: 1, json: '{"uses":1}' },
    { kind: "grant", id: "two", revision: 2, json: '{"uses":2}' },
    { kind: "policy", id: "default/development", revision: 1, json: '"ask"' },
  ],
  audit: [
    { at: T, json: '{"event":"one"}' },
    { at: T + 1, json: '{"event":"two"}' },
    { at: T + 2, json: '{"event":"three"}' },
  ],
};

/** The sizes at which the bucket changes, the largest value, bytes that are no text, and long names. */
export const SIZES: Plan = {
  ...MINIMAL,
  seed: "sizes",
  cost: { memoryKib: 19_456, passes: 3, parallelism: 2 },
  envs: [{
    app: "default",
    env: "development",
    created: T,
    generation: 7,
    secrets: [
      ...[0, 1, 252, 253, 316, 317, 1020, 1021, 65_536].map((size) =>
        secret(`SIZE_${size}`, [], {
          versions: [{ version: 3, created: T, value: new Uint8Array(size).fill(0xff) }],
          updated: T,
          flags: 0,
        })
      ),
      secret("N".repeat(255), ["fake"]),
    ],
  }],
};
