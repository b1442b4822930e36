import assert from "node:assert/strict";
import { ov } from "../fake.ts";

const ROTATED = [
  { app: "shop", env: "ci", secrets: 1, machineKeys: 2 },
  { app: "shop", env: "development", secrets: 3, machineKeys: 1 },
];

Deno.test("ov rotate asks for the env alone, and says what was done", async () => {
  const ran = await ov(["rotate"], { rotate: { rotated: ROTATED.slice(1) } });
  assert.deepEqual(ran.params("rotate"), { all: false, dropMachineKeys: false });
  assert.equal(ran.out, "Rotated shop/development: 3 secrets, 1 machine key stays good.\n");
});

Deno.test("ov rotate --all --drop-machine-keys hands both on, and --json is one document", async () => {
  const ran = await ov(["rotate", "--all", "--drop-machine-keys", "--json"], { rotate: { rotated: ROTATED } });
  assert.deepEqual(ran.params("rotate"), { all: true, dropMachineKeys: true });
  assert.deepEqual((ran.json() as { rotated: unknown[] }).rotated[0], {
    app: "shop",
    env: "ci",
    secrets: 1,
    machine_keys: 2,
  });
});
