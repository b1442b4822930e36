import assert from "node:assert/strict";
import { assemble, binaryText } from "../../scripts/kernels.ts";
import { BINARY } from "../../src/mask/kernels/binary.ts";
import { ROOT } from "../../scripts/process.ts";

Deno.test("binary.ts is what kernels.wat says, to the byte", async () => {
  const bytes = await assemble();
  assert.equal(BINARY, bytes.toBase64(), "run deno task kernels");
  assert.equal(
    await Deno.readTextFile(`${ROOT}/src/mask/kernels/binary.ts`),
    binaryText(bytes),
    "run deno task kernels",
  );
});

Deno.test("the kernels import nothing: they reach their own memory and nothing else", () => {
  const module = new WebAssembly.Module(Uint8Array.fromBase64(BINARY));
  assert.deepEqual(WebAssembly.Module.imports(module), []);
});
