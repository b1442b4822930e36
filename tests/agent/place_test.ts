/** Where an agent lives: what is there instead of a folder and a key of the user's own is not taken. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { agentPlace, mayBeServed, readAgentKey, takePlace } from "../../src/agent/place.ts";
import { openDescriptors } from "../../src/keeper/descriptors.ts";
import { withFolder } from "../run/temp_folder.ts";

const descriptors = openDescriptors(Deno.build.os)!;
const uid = Deno.uid()!;

Deno.test("takePlace() makes a folder and a key that are the user's alone, and release() takes the key away", () =>
  withFolder(async (folder) => {
    const place = agentPlace(folder);
    assert.equal(readAgentKey(place, uid), null);
    const taken = takePlace(descriptors, place, uid, false)!;
    assert.deepEqual(readAgentKey(place, uid), taken.key);
    assert.equal(takePlace(descriptors, place, uid, false), null);
    taken.release();
    assert.equal(mayBeServed(place), false);
    await Promise.resolve();
  }));

Deno.test("takePlace() and readAgentKey() take no folder behind a link, none that others may enter, and none of another user", () =>
  withFolder(async (folder) => {
    const elsewhere = join(folder, "elsewhere");
    await Deno.mkdir(elsewhere, { mode: 0o700 });
    const key = join(elsewhere, "key");
    await Deno.writeFile(key, new Uint8Array(32), { mode: 0o600 });
    const place = agentPlace(folder);
    await Deno.symlink(elsewhere, place.folder);
    const refused = { code: "vault/not-private" };
    assert.throws(() => takePlace(descriptors, place, uid, false), refused);
    assert.equal(readAgentKey(place, uid), null);
    await Deno.remove(place.folder);
    await Deno.rename(elsewhere, place.folder);
    assert.deepEqual(readAgentKey(place, uid), new Uint8Array(32));
    assert.throws(() => takePlace(descriptors, place, uid + 1, false), refused);
    assert.equal(readAgentKey(place, uid + 1), null);
    for (const path of [place.folder, place.key]) {
      await Deno.chmod(path, path === place.key ? 0o640 : 0o710);
      assert.equal(readAgentKey(place, uid), null);
      if (path === place.folder) assert.throws(() => takePlace(descriptors, place, uid, false), refused);
      await Deno.chmod(path, path === place.key ? 0o600 : 0o700);
    }
  }));

Deno.test("readAgentKey() takes no key behind a link, none of another length, and waits for no pipe", () =>
  withFolder(async (folder) => {
    const place = agentPlace(folder);
    await Deno.mkdir(place.folder, { mode: 0o700 });
    const other = join(folder, "other");
    await Deno.writeFile(other, new Uint8Array(32), { mode: 0o600 });
    await Deno.symlink(other, place.key);
    assert.equal(readAgentKey(place, uid), null);
    await Deno.remove(place.key);
    await Deno.writeFile(place.key, new Uint8Array(33), { mode: 0o600 });
    assert.equal(readAgentKey(place, uid), null);
    await Deno.remove(place.key);
    assert.ok((await new Deno.Command("mkfifo", { args: ["-m", "600", place.key] }).output()).success);
    assert.equal(readAgentKey(place, uid), null);
  }));
