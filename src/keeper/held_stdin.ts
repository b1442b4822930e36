/**
 * The process's standard input, kept out of the front's reach. Reading it needs no permission in this runtime, so hostile
 * code in the front could take keys that are typed for the keeper, or a value that is piped to it, before the keeper
 * does. Where a command's front reads nothing, its descriptor 0 is an empty pipe before any npm package is loaded.
 *
 * `run`, `shell`, `mcp`, `import` and what asks for a yes need the real one: see the README, "What is not protected".
 */
import { isAbsolute } from "node:path";
import type { StdinReader } from "./door.ts";
import { C_LIBRARIES } from "./native.ts";

/** Commands whose front never reads standard input. */
const WITHOUT_FRONT_INPUT: ReadonlySet<string> = new Set([
  "init",
  "status",
  "doctor",
  "app list",
  "app create",
  "app use",
  "env list",
  "env create",
  "env use",
  "secret set",
  "secret generate",
  "secret canary",
  "secret list",
  "secret get",
  "secret history",
  "secret restore",
  "export",
  "policy show",
  "policy set",
  "policy intercept",
  "grant list",
  "grant add",
  "grant show",
  "grant revoke",
  "approve",
  "audit",
  "password change",
  "password sheet",
  "password reset",
  "rotate",
]);

/** Whether the front of a command can do without standard input. @param command as `scanArgv` names it */
export function frontReadsNothing(command: string): boolean {
  return WITHOUT_FRONT_INPUT.has(command);
}

/** Whether the keeper itself will read standard input to its end: `--stdin`, or `-` for a file. */
export function keeperReadsStdin(command: string, argv: readonly string[]): boolean {
  const own = argv.slice(0, argv.indexOf("--") === -1 ? argv.length : argv.indexOf("--"));
  if (command === "secret set") return own.includes("--stdin");
  return (command === "import" || command === "secret import") && own.includes("-");
}

/**
 * Standard input, read to its end in advance, up to `limit` bytes.
 * @returns a reader over it
 */
export async function drainStdin(limit: number): Promise<StdinReader> {
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < limit) {
    const chunk = new Uint8Array(Math.min(64 * 1024, limit - size));
    const count = await Deno.stdin.read(chunk);
    if (count === null) break;
    parts.push(chunk.subarray(0, count));
    size += count;
  }
  return {
    read: (into) => {
      const part = parts[0];
      if (part === undefined) return Promise.resolve(null);
      const count = Math.min(part.byteLength, into.byteLength);
      into.set(part.subarray(0, count));
      part.fill(0, 0, count);
      if (count === part.byteLength) parts.shift();
      else parts[0] = part.subarray(count);
      return Promise.resolve(count);
    },
  };
}

/** The three calls that it takes. */
interface Calls {
  pipe(ends: BufferSource): number;
  dup2(from: number, to: number): number;
  close(descriptor: number): number;
}

/**
 * Looks the calls up; comes before the permission for native code is given up.
 * @returns `null` where the platform has none that we know
 */
export function openStdinCalls(platform: string): Calls | null {
  for (const path of C_LIBRARIES[platform] ?? []) {
    if (!isAbsolute(path)) continue;
    try {
      return Deno.dlopen(path, {
        pipe: { parameters: ["buffer"], result: "i32" },
        dup2: { parameters: ["i32", "i32"], result: "i32" },
        close: { parameters: ["i32"], result: "i32" },
      }).symbols;
    } catch {
      // Not this library; the next one.
    }
  }
  return null;
}

/** Puts an empty pipe in the place of descriptor 0. @returns whether it is there now */
export function holdStdin(calls: Calls | null): boolean {
  if (calls === null) return false;
  const ends = new Int32Array(2);
  if (calls.pipe(ends) !== 0) return false;
  const done = calls.dup2(ends[0]!, 0) === 0;
  calls.close(ends[0]!);
  calls.close(ends[1]!);
  return done;
}
