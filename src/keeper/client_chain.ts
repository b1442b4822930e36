/**
 * The programs behind a connection: the parents of this process, as far as the platform tells. It is shown to the person
 * who authorises a connection, and it is what a remembered client is bound to. It is not a proof: a program of the same
 * user can start another in its own way.
 */
import { createHash } from "node:crypto";
import { isAbsolute } from "node:path";
import { decodeUtf8 } from "../base/mod.ts";
import { captureOutput, resolveProgram } from "../run/mod.ts";
import type { ChainLink } from "./page_protocol.ts";

/** Longest chain that is followed: a shell in a terminal in a desktop is about six. */
const MAX_LINKS = 12;
const TIMEOUT_MS = 5_000;
const READ_BYTES = 1024 * 1024;

/** What looking needs to know. */
export interface ChainPlace {
  readonly platform: string;
  /** The process whose parents are asked for. */
  readonly pid: number;
}

/** The parents of a process, the nearest first, without the system's first process. Empty where it is not told. */
export async function chainOf(place: ChainPlace): Promise<ChainLink[]> {
  if (place.platform === "windows") return [];
  const table = parseProcesses(await outputOf("ps", ["-A", "-o", "pid=,ppid="]));
  const links: ChainLink[] = [];
  for (let pid = table.get(place.pid) ?? 0; pid > 1 && links.length < MAX_LINKS; pid = table.get(pid) ?? 0) {
    const path = await pathOf(place, pid);
    const commandLine = (await outputOf("ps", ["-ww", "-o", "args=", "-p", String(pid)])).trim();
    links.push({ pid, path, sha256: path === null ? null : await digestOf(path), commandLine });
  }
  return links;
}

/** What a program needs to reach the user's screen. */
const DISPLAY_NAMES = [
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "XDG_RUNTIME_DIR",
  "XDG_CURRENT_DESKTOP",
  "DBUS_SESSION_BUS_ADDRESS",
];

/**
 * The screen of the nearest parent that has one: many clients of MCP start their servers with a bare environment.
 * @returns variables; empty where no parent has a screen, or the platform does not tell
 */
export async function displayOf(place: ChainPlace): Promise<Record<string, string>> {
  if (place.platform !== "linux") return {};
  const table = parseProcesses(await outputOf("ps", ["-A", "-o", "pid=,ppid="]));
  let pid = table.get(place.pid) ?? 0;
  for (let links = 0; pid > 1 && links < MAX_LINKS; links++) {
    const lines = (await outputOf("cat", [`/proc/${pid}/environ`])).split("\0");
    const pairs = lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
    const found = Object.fromEntries(pairs.filter(([name, value]) => DISPLAY_NAMES.includes(name) && value !== ""));
    if ("DISPLAY" in found || "WAYLAND_DISPLAY" in found) return found;
    pid = table.get(pid) ?? 0;
  }
  return {};
}

/** Parent by process, from lines of `PID PPID`. */
export function parseProcesses(text: string): Map<number, number> {
  const parents = new Map<number, number>();
  for (const [, pid, parent] of text.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)) parents.set(Number(pid), Number(parent));
  return parents;
}

/** The file that a process runs. Linux: what the kernel says, which a process can not change; else what `ps` says. */
async function pathOf(place: ChainPlace, pid: number): Promise<string | null> {
  const said = place.platform === "linux"
    ? await outputOf("readlink", [`/proc/${pid}/exe`])
    : await outputOf("ps", ["-ww", "-o", "comm=", "-p", String(pid)]);
  const path = said.replace(/\n$/, "");
  return isAbsolute(path) ? path : null;
}

/** Output of one of the system's programs; empty where it is not there, may not be started, or fails. */
async function outputOf(name: string, args: readonly string[]): Promise<string> {
  try {
    // Only the system's own folders: nobody's PATH decides who tells.
    const { path } = await resolveProgram(name, { workDir: "/", path: "/usr/bin:/bin" });
    const environment = { PATH: "/usr/bin:/bin", LC_ALL: "C" };
    const done = await captureOutput({ program: path, args, workDir: "/", environment, timeoutMs: TIMEOUT_MS });
    return done.exitCode === 0 ? decodeUtf8(done.stdout) ?? "" : "";
  } catch {
    return "";
  }
}

async function digestOf(path: string): Promise<string | null> {
  try {
    using file = await Deno.open(path);
    const hash = createHash("sha256");
    const buffer = new Uint8Array(READ_BYTES);
    for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
      hash.update(buffer.subarray(0, count));
    }
    return hash.digest("hex");
  } catch {
    return null;
  }
}
