/**
 * The content that a command will load (DESIGN §4), as far as it can be known without running it: the program and the
 * interpreter in its `#!` line, files named in argv, what a package manager, make or just runs, and relative imports of
 * JavaScript, TypeScript and Python. What a program decides while it runs can not be known: a computed import, a file
 * that it finds by itself, the packages in `node_modules` or `site-packages` behind a bare name.
 *
 * Everything is read now and the program starts later. {@link changedSince} right before the start narrows the gap; it
 * does not close it, since no platform can start a tree of files from the bytes that were hashed.
 */
import { accountsOf } from "./accounts.ts";
import { realPathOf } from "./content_files.ts";
import type { Findings } from "./content_findings.ts";
import { ContentWalker } from "./content_walker.ts";
import { PIN_LIMITS, type PinLimits, PinSet } from "./pin_set.ts";
import type { Pin } from "./types.ts";

/** A command whose content is to be pinned. */
export interface PinCommand {
  /** Absolute path of the program as it was found. */
  readonly program: string;
  /** The file behind it; looked up where it is not given. */
  readonly realProgram?: string;
  /** Arguments after the program. */
  readonly argv: readonly string[];
  /** Absolute. */
  readonly workDir: string;
  /**
   * Looks a command up in the child's `PATH`: the absolute path as found, or `null`. Without it, only programs that are
   * named by a path are followed.
   */
  readonly find?: (command: string, workDir: string) => Promise<string | null>;
  /** The child's home folder, whose configuration package managers read. */
  readonly home?: string;
  /** The user's id, to compare owners with; see `content_hijack.ts`. */
  readonly ownUid?: number | null;
  /**
   * What happens to a program that others can replace (`refuse`). `note` is for machines that are set up so and have no
   * other users: GitHub's runners keep their programs in folders that everybody can write, GitLab's check out with no umask.
   */
  readonly writable?: "refuse" | "note";
  readonly limits?: PinLimits;
}

/** What a command loads, and what of it could not be pinned and should be said to whoever is asked. */
export interface PinnedCommand extends Findings {
  /** SHA-256 of the program's file, in lower-case hexadecimal; empty where it can not be read. */
  readonly programSha256: string;
  /** Everything else, sorted by path. */
  readonly pins: readonly Pin[];
  /** Pipes and devices that it would read, sorted; the program itself, where it may be started and not read. */
  readonly unread: readonly string[];
}

/**
 * Reads and hashes what a command will load.
 *
 * @throws OvError `policy/denied` where others can replace a program that it starts (`content_hijack.ts`), or
 * where there is more to read than the limits allow
 */
export async function pinCommand(o: PinCommand): Promise<PinnedCommand> {
  const realProgram = o.realProgram ?? realPathOf(o.program);
  const set = new PinSet(o.limits ?? PIN_LIMITS);
  const walker = new ContentWalker(set, {
    find: o.find ?? (() => Promise.resolve(null)),
    home: o.home ?? null,
    accounts: accountsOf(o.ownUid ?? null),
    writable: o.writable ?? "refuse",
  });
  await walker.command(o.program, o.argv, o.workDir, 0);
  const programSha256 = set.digestOf(realProgram) ?? "";
  return {
    programSha256,
    // Behind a link, the program's own file is a pin as well: the link may come to lead elsewhere.
    pins: set.pins.filter((pin) => pin.path !== o.program),
    unread: programSha256 === "" ? [realProgram, ...set.unread].sort() : set.unread,
    ...walker.findings,
  };
}

/**
 * Paths whose content is not what the second reading of the same command found: call it with the result of a
 * {@link pinCommand} that was decided on and that of a new one, right before the start.
 */
export function changedSince(before: PinnedCommand, after: PinnedCommand): string[] {
  const old = new Map(before.pins.map((pin) => [pin.path, pin.sha256]));
  const now = new Map(after.pins.map((pin) => [pin.path, pin.sha256]));
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
  return before.programSha256 === after.programSha256 ? paths.sort() : ["the program itself", ...paths.sort()];
}
