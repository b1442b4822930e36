import assert from "node:assert/strict";
import { join } from "node:path";
import plugin from "../../../scripts/lint/plugin.ts";
import { ROOT } from "../../../scripts/process.ts";

/** The ids of the rules that object to `source` in a file at `place`. */
function objections(place: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, place, source).map((diagnostic) => diagnostic.id);
}

interface Case {
  readonly rule: string;
  /** Where the power does not belong, and where it does. */
  readonly outside: readonly string[];
  readonly inside: readonly string[];
  readonly bad: readonly string[];
  /** Looks alike, and is fine anywhere. */
  readonly good: readonly string[];
}

const CASES: readonly Case[] = [
  {
    rule: "ov/command",
    outside: ["src/keeper/door.ts", "src/cli/io.ts", "main.ts", "src/running/x.ts"],
    inside: ["src/run/spawn.ts", "tests/e2e/ov.ts", "scripts/compile.ts"],
    bad: [
      `new Deno.Command("true");`,
      `new globalThis.Deno.Command("true");`,
      `new Deno["Command"]("true");`,
      "const start = Deno[`Command`];",
      `const { Command } = Deno;`,
      `const { Command: C } = globalThis.Deno;`,
      `import { spawn } from "node:child_process";`,
      `import * as all from "node:child_process";`,
      `await import("node:child_process");`,
    ],
    good: [`import { Command } from "../a.ts"; new Command();`, `type C = Deno.CommandOptions;`, `Deno.cwd();`],
  },
  {
    rule: "ov/network",
    outside: ["src/mcp/tools.ts", "src/keeper/door.ts", "main.ts", "src/syncing/x.ts"],
    inside: ["src/sync/courier.ts", "tests/sync/courier_test.ts"],
    bad: [
      `await fetch("http://localhost");`,
      `await globalThis.fetch("http://localhost");`,
      `const send = fetch;`,
      `const { fetch: send } = globalThis;`,
      `new WebSocket("ws://localhost");`,
      `import { connect } from "node:net";`,
      `import http from "node:http";`,
    ],
    good: [`const a = { fetch() {} }; a.fetch();`, `import { fetchAll } from "./fetch.ts"; fetchAll();`],
  },
  {
    rule: "ov/terminal",
    outside: ["src/keeper/door.ts", "src/cli/run.ts", "src/io.ts"],
    inside: ["src/cli/io.ts", "main.ts", "scripts/ok.ts", "tests/cli/io_test.ts"],
    bad: [
      `console.log(1);`,
      `globalThis.console.error(1);`,
      `const { log } = console;`,
      `Deno.env.get("HOME");`,
      `const { env } = Deno;`,
      `import process from "node:process"; process.env.HOME;`,
      `import { env } from "node:process";`,
    ],
    good: [`const env = { HOME: "/" }; env.HOME;`, `import process from "node:process"; process.pid;`],
  },
  {
    rule: "ov/random",
    outside: ["src/crypto/kdf.ts", "tests/mask/law_test.ts", "scripts/test.ts", "main.ts"],
    inside: [],
    bad: [`Math.random();`, `const { random } = Math;`, `const r = Math["random"];`],
    good: [`Math.floor(1.5);`, `crypto.getRandomValues(new Uint8Array(1));`],
  },
  {
    rule: "ov/expose",
    outside: ["src/keeper/door.ts", "main.ts"],
    inside: ["tests/base/secret_test.ts", "scripts/demo/main.ts"],
    bad: [
      `secret.expose();`,
      `const e = secret.expose;`,
      `secret?.expose();`,
      `secret["expose"]();`,
      `// EXPOSE:\nsecret.expose();`,
      `// EXPOSE: too far away\n\nsecret.expose();`,
      `// EXPOSE: the first\nsecret.expose();\nsecret.expose();`,
      `/** é, ü and 漢字 move byte offsets. */\n// EXPOSE: one\na.expose();\nb.expose();`,
      `// because\nsecret.expose();`,
    ],
    good: [
      `// EXPOSE: the child needs it\nsecret.expose();`,
      `/** é, ü and 漢字 move byte offsets. */\n// EXPOSE: one\na.expose();`,
      `if (a) {\n  // EXPOSE: the child needs it,\n  // and nothing else can hand it over.\n  give(b, secret.expose());\n}`,
      `const b = give(\n  one,\n  // EXPOSE: the child needs it\n  secret.expose(),\n);`,
      `// EXPOSE: chained\nsecret\n  .renamed("A")\n  .expose();`,
      `class Secret { expose() {} }`,
    ],
  },
  {
    rule: "ov/import",
    outside: ["src/keeper/door.ts", "src/base/bytes.ts", "src/consent/page.ts", "main.ts", "src/unknown/x.ts"],
    inside: ["src/cli/app.ts", "src/mcp/tools.ts", "src/strength/worker.ts", "tests/x_test.ts"],
    bad: [
      `import { Command } from "commander";`,
      `import type { Command } from "commander";`,
      `export { Command } from "commander";`,
      `export * from "commander";`,
      `await import("commander");`,
    ],
    good: [`import { a } from "./a.ts";`, `import assert from "node:assert";`, `export * from "../base/mod.ts";`],
  },
];

for (const { rule, outside, inside, bad, good } of CASES) {
  Deno.test(`${rule} objects outside its place`, () => {
    for (const place of outside) {
      for (const source of bad) assert.ok(objections(place, source).includes(rule), `${place}: ${source}`);
    }
  });
  Deno.test(`${rule} is silent in its place and about look-alikes`, () => {
    for (const place of inside) {
      for (const source of bad) assert.ok(!objections(place, source).includes(rule), `${place}: ${source}`);
    }
    for (const place of [...outside, ...inside]) {
      for (const source of good) assert.ok(!objections(place, source).includes(rule), `${place}: ${source}`);
    }
  });
}

Deno.test("ov/import objects to unpinned packages and hidden imports when the file is part of the product", () => {
  const hidden = [
    `import "npm:commander@15.1.0";`,
    `import "https://example.com/x.ts";`,
    `import "data:text/javascript,1";`,
    `const name = "./a.ts"; await import(name);`,
    `await import("./" + "a.ts");`,
    `import { createRequire } from "node:module"; createRequire(import.meta.url);`,
  ];
  for (const source of hidden) {
    assert.deepEqual(objections("src/cli/app.ts", source), ["ov/import"], source);
    assert.deepEqual(objections("tests/x_test.ts", source), [], source);
  }
});

Deno.test("deno lint loads the rules by deno.json and tells the product from the tests by their paths", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-lint-" }));
  try {
    for (const folder of ["scripts/lint", "src/keeper", "tests/keeper"]) {
      await Deno.mkdir(join(root, folder), { recursive: true });
    }
    await Deno.copyFile(join(ROOT, "deno.json"), join(root, "deno.json"));
    for await (const { name } of Deno.readDir(join(ROOT, "scripts/lint"))) {
      await Deno.copyFile(join(ROOT, "scripts/lint", name), join(root, "scripts/lint", name));
    }
    const source = `export const child = new Deno.Command("true");\n`;
    await Deno.writeTextFile(join(root, "src/keeper/child.ts"), source);
    await Deno.writeTextFile(join(root, "tests/keeper/child_test.ts"), source);
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["lint", "--json", "src", "tests"],
      cwd: root,
      stdout: "piped",
      stderr: "null",
    }).output();
    const { diagnostics } = JSON.parse(new TextDecoder().decode(stdout));
    assert.equal(code, 1);
    assert.deepEqual(
      diagnostics.map(({ filename, code }: { filename: string; code: string }) => [filename.slice(-20), code]),
      [["/src/keeper/child.ts", "ov/command"]],
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
