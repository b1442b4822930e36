/** The decompressors must not print: standard output is the command's, or the protocol's. */
import assert from "node:assert/strict";

Deno.test("dictionary() is read without a word on any output", async () => {
  const source = new URL("../../src/mask/views/brotli/dictionary.ts", import.meta.url);
  const script = `import { dictionary } from ${
    JSON.stringify(source.href)
  }; if (dictionary().length === 0) Deno.exit(1);`;
  const args = ["run", "--quiet", "--no-check", "--no-config", "-"];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  assert.deepEqual([code, decoder.decode(stdout), decoder.decode(stderr)], [0, "", ""]);
});
