// Runs under Node, in a folder where Wrangler is installed: reads `[{ name, text }]` from standard input, and prints what
// Wrangler would give a Worker for each text in a file of that name.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const { unstable_getVarsForDev } = createRequire(join(process.cwd(), "package.json"))("wrangler");
const root = mkdtempSync(join(tmpdir(), "ov-wrangler-"));
try {
  const out = JSON.parse(await text(process.stdin)).map((file, index) => {
    const folder = join(root, String(index));
    mkdirSync(folder);
    writeFileSync(join(folder, file.name), file.text);
    const vars = unstable_getVarsForDev(join(folder, "wrangler.jsonc"), undefined, {}, undefined, true);
    return Object.entries(vars).map(([key, binding]) => [key, binding.value]);
  });
  process.stdout.write(JSON.stringify(out));
} finally {
  rmSync(root, { recursive: true, force: true });
}
