import assert from "node:assert/strict";
import { Descriptors } from "../../src/run/descriptor.ts";
import { Libc } from "../../src/run/libc.ts";
import { C_LIBRARIES } from "../../src/keeper/native.ts";

const libc = Libc.open(C_LIBRARIES[Deno.build.os] ?? [], Deno.build.os)!;
const all = new Descriptors(libc);

function pipe() {
  const [from, to] = libc.pipe()!;
  return { from: all.adopt(from), to: all.adopt(to) };
}

Deno.test("Libc.open() gives null where there is no such library", () => {
  assert.equal(Libc.open(["/nowhere/libc.so"], "linux"), null);
  assert.equal(Libc.open([], "windows"), null);
});

Deno.test("Descriptor moves bytes through a pipe that is smaller than they are", async () => {
  const { from, to } = pipe();
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const sent = Uint8Array.from({ length: 1_000_000 }, (_, i) => bytes[i % bytes.length]!);
  const writing = to.write(sent).then((isWhole) => (to.close(), isWhole));
  const got: number[] = [];
  const buffer = new Uint8Array(10_000);
  for (let count = await from.read(buffer); count > 0; count = await from.read(buffer)) {
    got.push(...buffer.subarray(0, count));
  }
  assert.equal(await writing, true);
  assert.deepEqual(Uint8Array.from(got), sent);
  from.close();
});

Deno.test("read() ends when the descriptor is closed, and write() fails when nobody reads", async () => {
  const { from, to } = pipe();
  const reading = from.read(new Uint8Array(1));
  from.close();
  assert.equal(await reading, 0);
  assert.equal(await from.read(new Uint8Array(1)), 0);
  assert.equal(await to.write(new Uint8Array(200_000)), false);
  to.close();
  assert.equal(to.fd, -1);
  to.close();
});

Deno.test("many descriptors wait at once, and each is woken by its own bytes", async () => {
  const pipes = Array.from({ length: 100 }, pipe);
  const reads = pipes.map(async ({ from }) => {
    const buffer = new Uint8Array(1);
    await from.read(buffer);
    return buffer[0];
  });
  for (const [index, { to }] of pipes.entries()) await to.write(Uint8Array.of(index));
  assert.deepEqual(await Promise.all(reads), pipes.map((_, index) => index));
  for (const { from, to } of pipes) {
    from.close();
    to.close();
  }
});
