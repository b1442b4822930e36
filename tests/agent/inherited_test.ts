import assert from "node:assert/strict";
import { inheritedSocket } from "../../src/agent/inherited.ts";
import { type ActivationCalls, openTerminals } from "../../src/keeper/descriptors.ts";

Deno.test("inheritedSocket() takes the one socket that systemd means for this very process", () => {
  assert.equal(inheritedSocket({ LISTEN_PID: "41", LISTEN_FDS: "1" }, 41, null), 3);
  for (
    const environment of [
      {},
      { LISTEN_FDS: "1" },
      { LISTEN_PID: "41" },
      { LISTEN_PID: "42", LISTEN_FDS: "1" },
      { LISTEN_PID: "041", LISTEN_FDS: "1" },
      { LISTEN_PID: "41", LISTEN_FDS: "2" },
      { LISTEN_PID: "41", LISTEN_FDS: "0" },
    ]
  ) assert.equal(inheritedSocket(environment as Record<string, string>, 41, null), null, JSON.stringify(environment));
});

const { memmove } = openTerminals(Deno.build.os) ?? {};

if (memmove !== undefined) {
  /** launchd's part, by hand; memory is read with the C library's own call, as there. */
  const launchd = (status: number, descriptors: readonly number[]) => {
    const array = new Int32Array(Math.max(1, descriptors.length));
    array.set(descriptors);
    const bytes = new Uint8Array(array.buffer);
    const address = memmove(bytes, bytes, 0n);
    const freed: bigint[] = [];
    const asked: string[] = [];
    const calls = {
      launch_activate_socket(name: Uint8Array, to: Uint8Array, count: Uint8Array) {
        asked.push(new TextDecoder().decode(name));
        if (status === 0) {
          new BigUint64Array(to.buffer)[0] = address;
          new BigUint64Array(count.buffer)[0] = BigInt(descriptors.length);
        }
        return status;
      },
      memmove: (to: Uint8Array<ArrayBuffer>, from: bigint, size: bigint) => {
        assert.equal(from, address);
        to.set(bytes.subarray(0, Number(size)));
        return 0n;
      },
      free: (pointer: bigint) => void freed.push(pointer),
    } as unknown as ActivationCalls;
    return { calls, freed, asked, address };
  };

  Deno.test("inheritedSocket() asks launchd for its socket, and frees what it got", () => {
    const one = launchd(0, [17]);
    assert.equal(inheritedSocket({ LISTEN_PID: "41", LISTEN_FDS: "1" }, 41, one.calls), 17);
    assert.deepEqual([one.asked, one.freed], [["Agent\0"], [one.address]]);
    const two = launchd(0, [17, 18]);
    assert.equal(inheritedSocket({}, 41, two.calls), null);
    assert.deepEqual(two.freed, [two.address]);
    // ESRCH: not started by launchd.
    assert.equal(inheritedSocket({}, 41, launchd(3, []).calls), null);
  });
}
