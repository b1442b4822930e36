import assert from "node:assert/strict";
import { OvError } from "../../src/base/mod.ts";
import { isSlug, resolveContext } from "../../src/policy/mod.ts";

const all = {
  flags: { app: "f-app", env: "f-env" },
  environment: { OV_APP: "e-app", OV_ENV: "e-env" },
  project: { app: "p-app", env: "p-env" },
  user: { app: "u-app", env: "u-env" },
};

Deno.test("resolveContext() takes flag, environment, project file, user config and default in this order", () => {
  const seen: string[] = [];
  const rest: Parameters<typeof resolveContext>[0] = structuredClone(all);
  const show = (o: typeof rest) => {
    const { app, appFrom, env, envFrom } = resolveContext(o);
    seen.push(`${app} ${appFrom} ${env} ${envFrom}`);
  };
  show(rest);
  show({ ...rest, flags: {} });
  show({ ...rest, flags: {}, environment: {} });
  show({ ...rest, flags: {}, environment: {}, project: null });
  show({ flags: {}, environment: {}, project: {}, user: {} });
  assert.deepEqual(seen, [
    "f-app flag f-env flag",
    "e-app environment e-env environment",
    "p-app project file p-env project file",
    "u-app user config u-env user config",
    "default default development default",
  ]);
});

Deno.test("resolveContext() looks up app and env apart from each other", () => {
  const context = resolveContext({ ...all, flags: { env: "x" }, environment: {}, project: { env: "y" } });
  assert.deepEqual(context, { app: "u-app", appFrom: "user config", env: "x", envFrom: "flag" });
});

Deno.test("resolveContext() takes an empty variable for one that is not set", () => {
  assert.equal(resolveContext({ ...all, flags: {}, environment: { OV_APP: "", OV_ENV: "" } }).app, "p-app");
});

Deno.test("resolveContext() refuses a name that is not a slug and says where it came from", () => {
  for (const bad of ["", "A", "-a", "a-", "a_b", "a/b", "../x", "a".repeat(64), "ä"]) {
    try {
      resolveContext({ ...all, flags: { app: bad } });
      assert.fail(bad);
    } catch (error) {
      assert(error instanceof OvError);
      assert.equal(error.code, "usage/name");
      assert.match(error.message, /\(flag\)/);
    }
  }
});

Deno.test("isSlug() holds to DESIGN §1", () => {
  for (const good of ["a", "0", "my-saas", "a--b", "a".repeat(63)]) assert(isSlug(good), good);
  for (const bad of ["", "-", "a-", "-a", "A", "a.b", "a b", "a\n", "a".repeat(64)]) assert(!isSlug(bad), bad);
});
