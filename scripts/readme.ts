/**
 * Puts into README.md what commands really print: the blocks between `<!-- NAME -->` and `<!-- /NAME -->`. Run it after
 * an output has changed; `tests/scripts/readme_test.ts` fails where the README shows something else than is printed.
 */
import { join } from "node:path";
import { ov, shown } from "./demo/ov.ts";
import { ROOT, runDeno } from "./process.ts";

/** What each block shows, by its name. */
export const BLOCKS: Readonly<Record<string, () => Promise<string>>> = { demo, import: importing };

/** The block of that name in the text of a README. @throws Error where it has none */
export function blockIn(readme: string, name: string): string {
  const found = new RegExp(`<!-- ${name} -->\\n\\n\`\`\`text\\n([^]*?)\`\`\`\\n\\n<!-- /${name} -->`).exec(readme);
  if (found === null) throw new Error(`README.md has no block ${name}`);
  return found[1]!;
}

async function demo(): Promise<string> {
  const { success, output } = await runDeno(["run", "-q", "-A", join(ROOT, "scripts/demo/main.ts")]);
  if (!success) throw new Error(`the demo failed:\n${output}`);
  return stable(output);
}

async function importing(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "ov-demo-" });
  try {
    const home = {
      vault: join(folder, "vault"),
      project: join(folder, "my-worker"),
      passwordFile: join(folder, "password"),
    };
    await Deno.mkdir(home.project);
    await Deno.writeTextFile(home.passwordFile, crypto.randomUUID(), { mode: 0o600 });
    await Deno.writeTextFile(join(home.project, "wrangler.jsonc"), '{ "name": "my-worker" }\n');
    await Deno.writeTextFile(
      join(home.project, ".dev.vars"),
      [
        "ENVIRONMENT=development",
        "LOG_LEVEL=debug",
        `DATABASE_URL=postgres://app:${crypto.randomUUID()}@localhost:5432/shop`,
        `STRIPE_SECRET_KEY=${"sk_" + "test_"}${crypto.randomUUID().replaceAll("-", "")} # from Ada`,
        "",
      ].join("\n"),
    );
    await ov(home, "init");
    const { stderr, stdout } = await shown(home, "import", ".dev.vars", "--yes");
    return stable(`${stderr.trimEnd()}\n\n${stdout}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What is made anew each time — folders, digests, values, identifiers — as the README shows it. */
function stable(text: string): string {
  return text.trim()
    .replace(/\/[^\s"]*ov-demo-[0-9a-f]+/g, "/tmp/ov-demo")
    .replace(/"\/[^"\s]*\/(node|printenv|sh|cat|env)"/g, '"/usr/bin/$1"')
    .replace(/SHA-256 [0-9a-f]+/g, "SHA-256 5ac61a82372b0bb9")
    .replace(/(=|:\/\/demo:|demo-|sk_test_)[A-Za-z0-9]{20,}/g, "$1…")
    .replace(/ov approve [0-9a-f]{8}/g, "ov approve 211cbb18") + "\n";
}

if (import.meta.main) {
  const path = join(ROOT, "README.md");
  let readme = await Deno.readTextFile(path);
  for (const [name, print] of Object.entries(BLOCKS)) {
    const now = blockIn(readme, name);
    const start = readme.indexOf(`<!-- ${name} -->`);
    const at = readme.indexOf(now === "" ? "```text\n" : now, start) + (now === "" ? "```text\n".length : 0);
    readme = readme.slice(0, at) + await print() + readme.slice(at + now.length);
  }
  await Deno.writeTextFile(path, readme);
}
