/**
 * `deno task install`: an executable `ov` in `~/.local/bin` that runs from this source, for people without the binary. It
 * uses the Deno that runs this script for as long as that one is there, and else fetches the pinned one through npx.
 */
import { join } from "node:path";
import { DENO_VERSION } from "./deno_version.ts";
import { ROOT, runDeno } from "./process.ts";

/** Text of the executable for the source in `root`; `deno` is the Deno to use while it lasts. */
export function launcher(root: string, deno: string): string {
  const main = quote(join(root, "main.ts"));
  const config = quote(join(root, "deno.json"));
  return `#!/bin/sh
# OpaqueVault, run from source; written by \`deno task install\` there.
# It never prompts for a permission, and what it may do is the permission set in deno.json.
main=${main}
if [ ! -f "$main" ]; then
  echo "ov: its source is gone: $main" >&2
  exit 1
fi
# Deno would load into ov what these name; NODE_OPTIONS is for the commands that ov runs.
if [ -n "\${NODE_OPTIONS:-}" ]; then
  OV_NODE_OPTIONS=$NODE_OPTIONS
  export OV_NODE_OPTIONS
  unset NODE_OPTIONS
fi
unset DENO_V8_FLAGS DENO_PERMISSION_BROKER_PATH
deno=${quote(deno)}
case "$("$deno" -V 2>/dev/null)" in
  "deno ${DENO_VERSION}"*) ;;
  *) set -- -y deno@${DENO_VERSION} run -q -P --no-prompt --frozen --config ${config} "$main" "$@"
     exec npx "$@" ;;
esac
exec "$deno" run -q -P --no-prompt --frozen --config ${config} "$main" "$@"
`;
}

/** One word for a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

async function main(): Promise<number> {
  const home = Deno.env.get("HOME");
  if (Deno.build.os === "windows" || home === undefined || home === "") {
    console.error("Cannot install: this needs a POSIX shell and HOME; use `deno task compile` for a binary instead");
    return 1;
  }
  // What a first start would otherwise have to fetch while an agent waits for it.
  const { success, output } = await runDeno([
    "install",
    "--frozen",
    "--entrypoint",
    "main.ts",
    "src/keeper/worker.ts",
    "src/agent/worker.ts",
  ]);
  if (!success) {
    console.error(output.trimEnd());
    return 1;
  }
  const folder = join(home, ".local", "bin");
  const path = join(folder, "ov");
  await Deno.mkdir(folder, { recursive: true });
  // A new file moved into place: an `ov` that is running, or a link to elsewhere, is not written through.
  const temporary = await Deno.makeTempFile({ dir: folder, prefix: ".ov-" });
  await Deno.writeTextFile(temporary, launcher(ROOT, Deno.execPath()));
  await Deno.chmod(temporary, 0o755);
  await Deno.rename(temporary, path);
  console.log(`Installed ${path}: it runs from the source in ${ROOT}, so keep that folder.`);
  console.log("One self-contained file instead: deno task compile.");
  if (!(Deno.env.get("PATH") ?? "").split(":").includes(folder)) {
    console.log(`${folder} is not in PATH yet: export PATH="$HOME/.local/bin:$PATH"`);
  }
  return 0;
}

if (import.meta.main) Deno.exit(await main());
