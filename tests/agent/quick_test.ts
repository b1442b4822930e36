import assert from "node:assert/strict";
import { parsePlainRun } from "../../src/agent/quick.ts";

Deno.test("parsePlainRun() reads a plain run as the command line's parser does", () => {
  const cases: [string[], NonNullable<ReturnType<typeof parsePlainRun>>][] = [
    [["run", "--", "true"], { options: {}, secrets: null, argv: ["true"] }],
    [["run", "npm", "test", "--", "--watch"], { options: {}, secrets: null, argv: ["npm", "test", "--", "--watch"] }],
    [["run", "--secrets", "A,B", "--", "x", "--secrets", "C"], {
      options: {},
      secrets: ["A", "B"],
      argv: ["x", "--secrets", "C"],
    }],
    [["--app", "shop", "run", "--env=test", "--secrets=A", "x"], {
      options: { app: "shop", env: "test" },
      secrets: ["A"],
      argv: ["x"],
    }],
    [["--non-interactive", "--password-file", "pw", "run", "x", "--raw"], {
      options: { nonInteractive: true, passwordFile: "pw" },
      secrets: null,
      argv: ["x", "--raw"],
    }],
    [["run", "--", "--raw"], { options: {}, secrets: null, argv: ["--raw"] }],
  ];
  for (const [argv, expected] of cases) assert.deepEqual(parsePlainRun(argv), expected, argv.join(" "));
});

Deno.test("parsePlainRun() leaves everything else to the longer way", () => {
  const cases: string[][] = [
    [],
    ["run"],
    ["run", "--"],
    ["run", "--", ""],
    ["status"],
    ["--", "run", "x"],
    ["run", "--raw", "--", "x"],
    ["run", "--remember", "--", "x"],
    ["run", "--timeout", "5s", "--", "x"],
    ["run", "--json", "--", "x"],
    ["--json", "run", "x"],
    ["run", "--secrets", "A, B", "--", "x"],
    ["run", "--secrets", "A,A", "--", "x"],
    ["run", "--secrets", "", "--", "x"],
    ["run", "--secrets", "1A", "--", "x"],
    ["run", "--secrets"],
    ["--secrets", "A", "run", "x"],
    ["run", "--bundle", "f", "--", "x"],
    ["--machine-key", "f", "run", "--", "x"],
    ["run", "--help"],
    ["--app", "run"],
  ];
  for (const argv of cases) assert.equal(parsePlainRun(argv), null, argv.join(" "));
});
