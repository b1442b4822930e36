import { dirname, join } from "node:path";

/** Runs `body` with the real path of a new private folder, which is removed afterwards. */
export async function withFolder(body: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "ov-keeper-" }));
  try {
    await body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Writes a file below `folder`, with the folders above it; returns its absolute path. */
export function put(folder: string, name: string, text: string, mode = 0o644): string {
  const path = join(folder, name);
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text);
  Deno.chmodSync(path, mode);
  return path;
}
