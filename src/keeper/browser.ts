/** How the user's browser is opened on this platform; no program of the front, and no word of the model, is in it. */
import { isAbsolute } from "node:path";
import { displayOf } from "./client_chain.ts";
import { openInBrowser, resolveProgram } from "../run/mod.ts";

/** What opening needs to know. */
export interface BrowserPlace {
  readonly platform: string;
  /** The caller's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workDir: string;
  /** The process whose parents' screen is used where the environment names none. */
  readonly pid: number;
}

/** A browser that can not start says so within this time. */
const FAILS_WITHIN_MS = 3_000;

/**
 * Opens an address in the user's browser: `BROWSER` where it is set (programs separated by `:`, `%s` for the address), else
 * the platform's own way. Linux needs a display for the latter; over ssh or in a container there is none.
 * @returns whether one took it
 */
export async function openBrowser(address: string, place: BrowserPlace): Promise<boolean> {
  const { workDir, pid, platform } = place;
  const environment = hasDisplay(place.environment) || platform !== "linux"
    ? place.environment
    : { ...place.environment, ...await displayOf({ platform, pid }) };
  const commands: { program: string; args: string[] }[] = [];
  for (const [name, ...args] of candidates({ ...place, environment })) {
    const program = await resolveProgram(name!, { workDir: "/", path: environment["PATH"] }).then(
      (found) => found.path,
      () => null,
    );
    if (program !== null && isAbsolute(program)) commands.push({ program, args });
  }
  if (commands.length === 0) return false;
  const ours = Object.entries(environment).filter(([name]) => !name.startsWith("OV_"));
  return await openInBrowser(address, {
    commands,
    workDir,
    environment: Object.fromEntries(ours),
    failsWithinMs: FAILS_WITHIN_MS,
  });
}

/** Command lines to try, in turn. */
function candidates({ platform, environment }: BrowserPlace): string[][] {
  const named = (environment["BROWSER"] ?? "").split(platform === "windows" ? ";" : ":").filter((part) => part !== "");
  const chosen = named.map((line) => line.split(/\s+/).filter((word) => word !== ""));
  if (platform === "darwin") return [...chosen, ["/usr/bin/open"]];
  if (platform === "windows") return [...chosen, ["rundll32.exe", "url.dll,FileProtocolHandler"]];
  // Windows' own browser opens from inside WSL without a display.
  const isWsl = (environment["WSL_DISTRO_NAME"] ?? "") !== "";
  return [...chosen, ...(hasDisplay(environment) ? [["xdg-open"]] : []), ...(isWsl ? [["wslview"]] : [])];
}

function hasDisplay(environment: Readonly<Record<string, string>>): boolean {
  return ["DISPLAY", "WAYLAND_DISPLAY"].some((name) => (environment[name] ?? "") !== "");
}
