import assert from "node:assert/strict";
import { ov } from "../fake.ts";

Deno.test("ov env create makes an env of the app that is meant", async () => {
  const answer = { "env.create": { app: "shop", env: "staging" } };
  const ran = await ov(["env", "create", "staging"], answer);
  assert.deepEqual(ran.params("env.create"), { name: "staging" });
  assert.equal(ran.out, "Created shop/staging.\n");
  assert.deepEqual((await ov(["env", "create", "staging", "--json"], answer)).json(), { app: "shop", env: "staging" });
});

Deno.test("ov env list prints one a line", async () => {
  const answer = { "env.list": { app: "shop", envs: ["development", "staging"] } };
  assert.equal((await ov(["env", "list"], answer)).out, "development\nstaging\n");
  assert.deepEqual((await ov(["env", "list", "--json"], answer)).json(), answer["env.list"]);
});

Deno.test("ov env use says what it wrote", async () => {
  const answer = { "env.use": { context: { app: "shop", env: "staging" }, file: "/w/.ov.yaml" } };
  const ran = await ov(["env", "use", "staging", "--here"], answer);
  assert.deepEqual(ran.params("env.use"), { name: "staging", here: true });
  assert.equal(ran.out, "Using shop/staging, written to /w/.ov.yaml.\n");
});

Deno.test("ov env delete names app and env in its question, and needs --yes when nobody can be asked", async () => {
  const answer = { "env.delete": { secrets: 1 } };
  const asked = await ov(["env", "delete", "staging"], answer, { terminal: true, replies: [true] });
  assert.equal(asked.io.questions[0]!.question, "Delete shop/staging with all its secrets?");
  assert.equal(asked.out, "Deleted shop/staging with 1 secret.\n");
  assert.equal((await ov(["env", "delete", "staging"], answer)).status, 2);
  const json = await ov(["env", "delete", "staging", "--yes", "--json"], answer);
  assert.deepEqual(json.json(), { app: "shop", env: "staging", secrets: 1 });
});
