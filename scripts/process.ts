import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What a finished command left. */
export interface Finished {
  readonly success: boolean;
  /** Standard output and standard error as they came, joined. */
  readonly output: string;
}

/**
 * Runs `deno` — the one that runs this script — in the project's root and collects what it prints.
 *
 * @param args its arguments
 * @param options `show`: also pass everything on as it comes; `env`: variables to add
 */
export async function runDeno(
  args: readonly string[],
  options: { show?: boolean; env?: Record<string, string> } = {},
): Promise<Finished> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const collect = async (stream: ReadableStream<Uint8Array>, target: typeof Deno.stdout) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      output += decoder.decode(chunk, { stream: true });
      if (options.show === true) await writeAll(target, chunk);
    }
    output += decoder.decode();
  };
  const [{ success }] = await Promise.all([
    child.status,
    collect(child.stdout, Deno.stdout),
    collect(child.stderr, Deno.stderr),
  ]);
  return { success, output };
}

async function writeAll(target: typeof Deno.stdout, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.byteLength > 0;) rest = rest.subarray(await target.write(rest));
}
