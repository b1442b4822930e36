import type { Decision, Grant, GrantArg, Mode, Pin, RunRequest, TreeState, Warning } from "./types.ts";

/**
 * Whether a command gets its secrets. Pure: no clock, no file, no state; `tests/policy/decide_test.ts` holds the table.
 *
 * @param mode of the env that is asked for
 * @param request the command, with the digests of this moment
 * @param grants every grant that is known; those of other envs, expired and used ones are skipped here
 * @param now milliseconds since the epoch
 * @param warnings what {@link warningsFor} said about the command
 * @param trees the folders of {@link treesWanted}, as they are now
 */
export function decide(
  mode: Mode,
  request: RunRequest,
  grants: readonly Grant[],
  now: number,
  warnings: readonly Warning[],
  trees: readonly TreeState[] = [],
): Decision {
  if (mode === "open") return { kind: "allow", reason: "the environment is open to any command", grant: null };
  const never = warnings.find((warning) => warning.neverListed);
  const refuse = (reason: string, changed: readonly string[] = []): Decision => ({
    kind: mode === "ask" ? "ask" : "deny",
    reason,
    changed,
  });
  // Under *ask*, a grant for one use is what a person has just answered (`ov approve`), not a listing.
  const usable = never === undefined ? grants : mode === "ask" ? grants.filter(({ use }) => use === "once") : [];
  const sameCommand = usable.filter((grant) => coversCommand(grant, request) && isLive(grant, request.session, now));
  const valid = sameCommand.find((grant) => changedPaths(grant, request, trees).length === 0);
  if (valid !== undefined) return { kind: "allow", reason: `grant ${valid.id}`, grant: valid.id };
  if (sameCommand.length > 0) {
    const changed = changedPaths(sameCommand.at(-1)!, request, trees);
    return refuse(`what the command loads has changed since it was granted: ${changed.join(", ")}`, changed);
  }
  if (never !== undefined) return refuse(`no lasting grant is good for such a command: ${never.text}`);
  return refuse(
    mode === "ask" ? "no grant covers the command" : "only listed commands may run, and no grant covers it",
  );
}

/** Folders whose content decides whether a grant holds for this command; they are read before {@link decide} is asked. */
export function treesWanted(request: RunRequest, grants: readonly Grant[], now: number): string[] {
  const live = grants.filter((grant) => coversCommand(grant, request) && isLive(grant, request.session, now));
  return [...new Set(live.flatMap((grant) => (grant.trees ?? []).map(({ folder }) => folder)))];
}

/** Everything that a grant binds, but for content and lifetime. */
function coversCommand(grant: Grant, request: RunRequest): boolean {
  return grant.app === request.app && grant.env === request.env &&
    request.secrets.every((name) => grant.secrets.includes(name)) &&
    grant.program === request.program && grant.workDir === request.workDir &&
    grant.argv.length === request.argv.length && grant.argv.every((arg, i) => matches(arg, request.argv[i]!, request));
}

/** `NAME=value` as make, just, env and many others take it: a program's own settings, its shell among them. */
const ASSIGNMENT = /^[\w.-]+\s*[:?+!]*=/;

function matches(pattern: GrantArg, arg: string, { unbound = [] }: RunRequest): boolean {
  return typeof pattern === "string" ? pattern === arg : isPlainArgument(arg) && !unbound.includes(arg);
}

/** Whether an argument may stand where a command was left open: it is no option, and no setting. */
export function isPlainArgument(arg: string): boolean {
  return arg !== "" && !arg.startsWith("-") && !ASSIGNMENT.test(arg);
}

/** Whether the grant is still good at `now` (ms since the epoch), in this session. Anything that it does not say exactly is not good. */
export function isLive(grant: Grant, session: string | null, now: number): boolean {
  if (grant.until !== null && now >= grant.until) return false;
  if (grant.session !== null && grant.session !== session) return false;
  switch (grant.use) {
    case "once":
      return grant.uses === 0;
    case "session":
      return grant.session !== null;
    case "until":
      return grant.until !== null;
    case "always":
      return true;
  }
}

/** Paths that are not as they were, whether changed, added or gone; the program itself is one of them. */
function changedPaths(grant: Grant, request: RunRequest, trees: readonly TreeState[]): string[] {
  const bound = grant.trees ?? [];
  const now = new Map(trees.map((tree) => [tree.folder, tree]));
  const changed = bound.filter(({ folder, sha256 }) => now.get(folder)?.sha256 !== sha256).map(({ folder }) => folder);
  if (changed.length > 0) return changed.map((folder) => folder.endsWith("/") ? folder : `${folder}/`);
  // A file of an unchanged folder is as it was when the grant was made, though this command names it for the first time.
  const isBound = (path: string) => bound.some(({ folder }) => now.get(folder)!.paths.has(path));
  const program = { path: request.program, sha256: request.programSha256 };
  const before = byPath([...grant.pins, { path: grant.program, sha256: grant.programSha256 }]);
  const after = byPath([...request.pins, program]);
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path) && !isBound(path)).sort();
}

function byPath(pins: readonly Pin[]): Map<string, string> {
  return new Map(pins.map((pin) => [pin.path, pin.sha256]));
}
