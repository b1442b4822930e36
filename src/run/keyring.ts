/**
 * The user's keyring, through the platform's own program: `secret-tool` of libsecret (Linux), `security` (macOS). What is kept
 * goes to it on its standard input, never in an argument, an environment or a file, and comes back on its standard output.
 */
import { dirname, isAbsolute, join } from "node:path";
import { equalBytes, OvError } from "../base/mod.ts";
import { DEFAULT_PATH, resolveProgram } from "./program.ts";

/** Where a keyring is looked for. */
export interface KeyringPlace {
  /** `Deno.build.os` */
  readonly platform: string;
  /** The caller's environment: the way to the session's bus is in it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What the program gets of the environment: the way to the bus and the screen, and no loader hook. */
const PASSED_ON =
  /^(?:HOME|USER|LOGNAME|LANG|LC_ALL|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|XDG_.*)$/;

/** Names the entry among others; the vault's id tells one vault's from another's. */
const SERVICE = "opaquevault";
const LABEL = "OpaqueVault unlock key";

/** How long the program may take, in milliseconds: it may ask the person to unlock the keyring itself. */
const TIMEOUT_MS = 60_000;

/** More than any entry of ours. */
const MAX_ENTRY_BYTES = 1024;

/** How one platform's program is spoken to. */
export interface KeyringDialect {
  readonly lookup: (vaultId: string) => readonly string[];
  readonly store: (vaultId: string) => readonly string[];
  /** What it reads on its standard input to store an entry. */
  readonly input: (vaultId: string, entry: Uint8Array) => Uint8Array<ArrayBuffer>;
  readonly clear: (vaultId: string) => readonly string[];
  /** Exit status of a look-up, or of a removal, where there is no such entry. */
  readonly none: number;
}

const SECRET_TOOL: KeyringDialect = {
  lookup: (vaultId) => ["lookup", "service", SERVICE, "vault", vaultId],
  store: (vaultId) => ["store", `--label=${LABEL}`, "service", SERVICE, "vault", vaultId],
  input: (_vaultId, entry) => new Uint8Array(entry),
  clear: (vaultId) => ["clear", "service", SERVICE, "vault", vaultId],
  none: 1,
};

// `security add-generic-password -w SECRET` would show it in the list of processes; with `-i` the same words come by stdin.
const SECURITY: KeyringDialect = {
  lookup: (vaultId) => ["find-generic-password", "-s", SERVICE, "-a", vaultId, "-w"],
  store: () => ["-i"],
  input: (vaultId, entry) => {
    const words = `add-generic-password -U -s ${SERVICE} -a ${vaultId} -l "${LABEL}" -w `;
    return Uint8Array.of(...new TextEncoder().encode(words), ...entry, 0x0a);
  },
  clear: (vaultId) => ["delete-generic-password", "-s", SERVICE, "-a", vaultId],
  none: 44,
};

/** The words for each program; nothing of an entry is in an argument. */
export const KEYRING_DIALECTS = { "secret-tool": SECRET_TOOL, security: SECURITY } as const;

/** One user's keyring. Entries are ASCII without spaces or quotes. */
export class Keyring {
  readonly #program: string;
  readonly #dialect: KeyringDialect;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(program: string, dialect: KeyringDialect, environment: Readonly<Record<string, string>>) {
    this.#program = program;
    this.#dialect = dialect;
    this.#environment = environment;
  }

  /**
   * Finds the program. One that anybody but root could have written is passed over, wherever `PATH` has it: it would be
   * handed the entry.
   * @throws OvError `keyring/unavailable`
   */
  static async find({ platform, environment }: KeyringPlace): Promise<Keyring> {
    const passed = Object.fromEntries(Object.entries(environment).filter(([name]) => PASSED_ON.test(name)));
    if (platform === "darwin") return new Keyring("/usr/bin/security", SECURITY, passed);
    if (platform !== "linux") throw unavailable("no keyring is known for this platform");
    for (const folder of (environment["PATH"] ?? DEFAULT_PATH).split(":")) {
      if (!isAbsolute(folder)) continue;
      const found = await resolveProgram(join(folder, "secret-tool"), { workDir: "/", path: undefined })
        .catch(() => null);
      if (found === null || !(await isRootsAlone(found.realPath))) continue;
      return new Keyring(found.realPath, SECRET_TOOL, { PATH: DEFAULT_PATH, ...passed });
    }
    throw unavailable(
      "there is no secret-tool that only root can change",
      "It is in the package libsecret-tools or libsecret; a headless machine needs none, since a password file or the agent does.",
    );
  }

  /**
   * What is kept for a vault, the caller's to wipe; `null` where nothing is, or what is there is none of ours.
   * @throws OvError `keyring/unavailable`
   */
  async lookup(vaultId: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const { code, stdout, complains } = await this.#run(this.#dialect.lookup(vaultId), null);
    if (code === this.#dialect.none && !complains) return null;
    if (code !== 0) throw unavailable("nobody answers: no desktop session, or no bus to it");
    const entry = withoutLineEnd(stdout);
    return entry.byteLength === 0 || entry.byteLength > MAX_ENTRY_BYTES ? null : entry;
  }

  /**
   * Keeps an entry for a vault, in the place of the one that is there, and proves it by reading it back.
   * @param entry borrowed
   * @throws OvError `keyring/unavailable`
   */
  async store(vaultId: string, entry: Uint8Array): Promise<void> {
    const input = this.#dialect.input(vaultId, entry);
    try {
      const { code } = await this.#run(this.#dialect.store(vaultId), input);
      if (code !== 0) throw unavailable("it is locked, or refuses the entry", "Log in to the desktop and try again.");
    } finally {
      input.fill(0);
    }
    const back = await this.lookup(vaultId);
    const isSame = back !== null && equalBytes(back, entry);
    back?.fill(0);
    if (!isSame) throw unavailable("it does not give back what it was given", "Log in to the desktop and try again.");
  }

  /** Removes what is kept for a vault. @returns whether anything was @throws OvError `keyring/unavailable` */
  async clear(vaultId: string): Promise<boolean> {
    const there = await this.lookup(vaultId);
    if (there === null) return false;
    there.fill(0);
    const { code } = await this.#run(this.#dialect.clear(vaultId), null);
    if (code !== 0 && code !== this.#dialect.none) throw unavailable(`its program ended with ${code}`);
    return code === 0;
  }

  async #run(args: readonly string[], input: Uint8Array<ArrayBuffer> | null) {
    try {
      const child = new Deno.Command(this.#program, {
        args: [...args],
        cwd: "/",
        clearEnv: true,
        env: { ...this.#environment },
        stdin: input === null ? "null" : "piped",
        stdout: "piped",
        stderr: "piped",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).spawn();
      if (input !== null) {
        const writer = child.stdin.getWriter();
        // One that refuses early closes its stdin; its status tells.
        await writer.write(input).then(() => writer.close()).catch(() => {});
      }
      const { code, stdout, stderr } = await child.output();
      // It ends with 1 for no entry as for no bus; only of the latter it says something in its own name.
      return { code, stdout, complains: /^secret-tool: /m.test(new TextDecoder().decode(stderr)) };
    } catch (cause) {
      throw unavailable(
        "its program can not be started",
        "A binary built with --run starts only what it names.",
        cause,
      );
    }
  }
}

/** Whether nobody but root can change a file, or put another in its place. @param path with no symbolic link in it */
async function isRootsAlone(path: string): Promise<boolean> {
  for (let at = path;; at = dirname(at)) {
    const { uid, mode } = await Deno.stat(at);
    const othersWrite = ((mode ?? 0o022) & 0o022) !== 0;
    const isSticky = at !== path && ((mode ?? 0) & 0o1000) !== 0;
    if (uid !== 0 || (othersWrite && !isSticky)) return false;
    if (at === dirname(at)) return true;
  }
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const entry = new Uint8Array(bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes);
  bytes.fill(0);
  return entry;
}

function unavailable(state: string, hint = "The master password unlocks, as ever.", cause?: unknown): OvError {
  return new OvError("keyring/unavailable", `Cannot use the keyring: ${state}`, { hint, cause });
}
