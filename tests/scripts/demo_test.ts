/** The demo that the README opens with: it runs, and every line of its table holds. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT, runDeno } from "../../scripts/process.ts";
import { writeProject } from "../../scripts/demo/project.ts";

Deno.test("deno task demo ends with a table in which every line holds, and leaves nothing behind", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ov-demo-test-" });
  try {
    const { success, output } = await runDeno(["run", "-A", "--frozen", "scripts/demo/main.ts"], {
      env: { TMPDIR: folder },
    });
    assert.ok(success, output);
    const [, table] = output.split("What happened:");
    assert.ok(table !== undefined, output);
    const lines = table.trim().split("\n").map((line) => line.trim());
    assert.equal(lines.length, 9, output);
    for (const line of lines) assert.match(line, /^yes {2}\S/);
    assert.deepEqual(
      [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.startsWith("ov-")),
      [],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeProject() makes up other values every time, and no file of the repository holds one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ov-demo-test-" });
  try {
    const [a, b] = [await writeProject(folder), await writeProject(folder)];
    for (const name of ["SECRET_API_KEY", "DATABASE_URL", "STRIPE_SECRET_KEY"] as const) {
      assert.notEqual(a[name], b[name]);
    }
    const text = await Deno.readTextFile(join(folder, ".dev.vars"));
    for (const value of Object.values(b)) assert.ok(text.includes(value));
    const source = await Deno.readTextFile(join(ROOT, "scripts/demo/project.ts"));
    assert.ok(!source.includes("sk_" + "test_"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
