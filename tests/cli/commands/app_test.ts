import assert from "node:assert/strict";
import { ov } from "../fake.ts";

const APPS = { apps: [{ name: "default", envs: ["development"] }, { name: "shop", envs: ["development", "staging"] }] };

Deno.test("ov app create passes the name on", async () => {
  const ran = await ov(["app", "create", "shop"], { "app.create": {} });
  assert.deepEqual(ran.params("app.create"), { name: "shop" });
  assert.equal(ran.out, "Created app shop.\n");
  assert.deepEqual((await ov(["app", "create", "shop", "--json"], { "app.create": {} })).json(), { app: "shop" });
});

Deno.test("ov app list shows apps with their envs", async () => {
  assert.equal(
    (await ov(["app", "list"], { "app.list": APPS })).out,
    "APP      ENVIRONMENTS\ndefault  development\nshop     development, staging\n",
  );
  assert.deepEqual((await ov(["app", "list", "--json"], { "app.list": APPS })).json(), APPS);
});

Deno.test("ov app use takes --here and --env", async () => {
  const answer = { "app.use": { context: { app: "shop", env: "staging" }, file: "/w/.ov.yaml" } };
  const ran = await ov(["app", "use", "shop", "--here", "--env", "staging"], answer);
  assert.deepEqual(ran.params("app.use"), { name: "shop", here: true, env: "staging" });
  assert.equal(ran.out, "Using shop/staging, written to /w/.ov.yaml.\n");
  const json = await ov(["app", "use", "shop", "--json"], answer);
  assert.deepEqual(json.params("app.use"), { name: "shop", here: false });
  assert.deepEqual(json.json(), { app: "shop", env: "staging", file: "/w/.ov.yaml" });
});

Deno.test("ov app delete asks on a terminal, and deletes only on yes", async () => {
  const answer = { "app.delete": { secrets: 3 } };
  const yes = await ov(["app", "delete", "shop"], answer, { terminal: true, replies: [true] });
  assert.equal(yes.out, "Deleted app shop with 3 secrets.\n");
  assert.match(yes.io.questions[0]!.question, /Delete app shop with all its environments and secrets\?/);
  const no = await ov(["app", "delete", "shop"], answer, { terminal: true, replies: [false] });
  assert.deepEqual([no.status, no.params("app.delete")], [130, undefined]);
  assert.match(no.err, /not confirmed, nothing was changed/);
});

Deno.test("ov app delete needs --yes when nobody can be asked", async () => {
  const answer = { "app.delete": { secrets: 3 } };
  const asks: [string[], boolean][] = [[[], false], [["--non-interactive"], true], [["--json"], true]];
  for (const [flags, terminal] of asks) {
    const ran = await ov(["app", "delete", "shop", ...flags], answer, { terminal });
    assert.deepEqual([ran.status, ran.params("app.delete")], [2, undefined]);
    assert.match(ran.err, /--yes/);
  }
  const ran = await ov(["app", "delete", "shop", "--yes", "--json"], answer);
  assert.deepEqual(ran.json(), { app: "shop", secrets: 3 });
});
