import assert from "node:assert/strict";
import { join } from "node:path";
import { findRemarks } from "../../../scripts/lint/text.ts";

async function remarksIn(files: Record<string, string>): Promise<string[]> {
  const root = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(join(root, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    return findRemarks(root).map(({ file, line, remark }) => `${file}:${line} ${remark}`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("findRemarks() finds each kind of remark with its line", async () => {
  assert.deepEqual(
    await remarksIn({
      "src/a.ts": `1;\n// ${"TO" + "DO"}: later\n  // ${"XX" + "X"}: ugly\n`,
      "src/b.ts": "1;\n".repeat(401),
      "tests/c_test.ts": `Deno.test({ name: "x", ${"ignore: " + "true"}, fn() {} });\n`,
      "README.md": `see ${"https://" + "registry.example.com"}\n`,
      "scripts/d.ts": `"${"/wor" + "k/main"}";\n`,
      ".ci/run": `fetch="${"../sha" + "red"}/denort/fetch" # the one place that may look beside the project\n`,
    }),
    [
      "README.md:1 the host of a registry",
      "scripts/d.ts:1 a path of one machine",
      "src/a.ts:2 work left open",
      "src/a.ts:3 work left open",
      "src/b.ts:401 longer than 400 lines",
      "tests/c_test.ts:1 a test is switched off",
    ],
  );
});

Deno.test("findRemarks() is silent about files that only look alike", async () => {
  assert.deepEqual(
    await remarksIn({
      "src/a.ts": `const ignored = { ${"ign" + "ore"}: ${"tr" + "ue"}ish, ${
        "to" + "do"
      }List: 1, method };\nconst a = "b/${"XX" + "X"}";\n`,
      "src/long.ts": "1;\n".repeat(400),
      "tests/long_test.ts": "1;\n".repeat(900),
      "deno.lock": `"${"https://" + "registry.example.com"}"\n`,
    }),
    [],
  );
});
