import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { checkImports } from "../../../scripts/lint/imports.ts";
import { FIRST_PARTY_ENTRIES, IMPORT_TABLE, rowOf } from "../../../scripts/lint/table.ts";

const BAD = fileURLToPath(new URL("../fixtures/imports_bad", import.meta.url));

Deno.test("checkImports() lists every import that the table refuses when a tree breaks each rule once", async () => {
  const found = (await checkImports(BAD)).map(({ file, target, reason }) => `${file} | ${target} | ${reason}`);
  assert.deepEqual(found, [
    "main.ts | deno.lock.json | main.ts may not import deno.lock.json",
    "main.ts | src/cli/app.ts | main.ts may import cli only by import()",
    "main.ts | src/mcp/tools.ts | main.ts may not import mcp",
    "src/cli/app.ts | src/keeper/door.ts | cli may not import keeper",
    "src/cli/app.ts | outside.ts | cli may not import outside.ts",
    "src/cli/app.ts | commander | main.ts loads it: main.ts > src/cli/app.ts > commander",
    "src/detect/missing.ts |  | the module can not be read",
    "src/mask/stream.ts | commander | mask may import no package",
    "src/mask/stream.ts | commander | src/keeper/worker.ts loads it: " +
    "src/keeper/worker.ts > src/keeper/door.ts > src/mask/stream.ts > commander",
    "src/mask/stream.ts | commander | main.ts loads it: " +
    "main.ts > src/cli/app.ts > src/keeper/door.ts > src/mask/stream.ts > commander",
    // Nothing loads what is imported as a type only, so no entry reaches it; the row refuses it all the same.
    "src/policy/shape.ts | commander | policy may import no package",
    "src/stray/x.ts |  | the file stands in no row of the table",
    "src/sync/courier.ts | src/vault/open.ts | sync may import only types of vault",
    "src/vault/open.ts | src/mcp/tools.ts | vault may not import mcp",
    "src/vault/open.ts | src/mcp/tools.ts | src/keeper/worker.ts loads it: " +
    "src/keeper/worker.ts > src/keeper/door.ts > src/vault/open.ts > src/mcp/tools.ts",
  ]);
});

Deno.test("checkImports() throws when there is nothing to check", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/src`);
    await assert.rejects(checkImports(root), /no source files/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("IMPORT_TABLE names only earlier rows, so that no two folders import each other", () => {
  const earlier = new Set<string>();
  for (const [name, row] of Object.entries(IMPORT_TABLE)) {
    for (const target of [...row.may, ...row.types ?? [], ...row.lazy ?? []]) {
      if (target !== "deno.json") assert.ok(earlier.has(target.split("/")[0]!), `${name} names ${target}`);
    }
    earlier.add(name);
  }
});

Deno.test("IMPORT_TABLE lets no folder with keys import a package", () => {
  const keeperSide = [
    "base",
    "crypto",
    "vault",
    "store",
    "policy",
    "mask",
    "detect",
    "dotenv",
    "audit",
    "run",
    "keeper",
  ];
  for (const name of [...keeperSide, "agent", "sync", "consent", "main.ts"]) {
    assert.equal(IMPORT_TABLE[name]?.npm, false, name);
  }
});

Deno.test("rowOf() finds the folder of a file", () => {
  assert.equal(rowOf("src/mask/views/hex.ts"), "mask");
  assert.equal(rowOf("main.ts"), "main.ts");
  assert.equal(rowOf("src/loose.ts"), null);
  assert.equal(rowOf("tests/mask/x_test.ts"), null);
});

Deno.test("FIRST_PARTY_ENTRIES names every isolate that main.ts starts but the one that rates passwords", async () => {
  const main = await Deno.readTextFile(new URL("../../../main.ts", import.meta.url));
  const started = [...main.matchAll(/"\.\/(src\/[^"]*worker\.ts)"/g)].map((match) => match[1]!);
  const firstParty = FIRST_PARTY_ENTRIES.map(({ file }) => file);
  assert.ok(started.length > 2);
  for (const worker of started) assert.ok([...firstParty, "src/strength/worker.ts"].includes(worker), worker);
});
