import { OvError } from "./errors.ts";

/** Where a user's files live. */
export interface Locations {
  /** The folder of the vault, mode 0700; holds `vault.db`. */
  readonly vaultFolder: string;
  /** The folder of `config.json`; nothing in it is secret. */
  readonly configFolder: string;
}

/**
 * Where vault and configuration live: below `OV_HOME` if it is set; else by the platform's own convention (XDG base
 * directories on Linux and other Unixes, Application Support on macOS, `%AppData%` on Windows).
 *
 * @param environment the caller's variables; `OV_HOME`, `HOME`, `XDG_DATA_HOME`, `XDG_CONFIG_HOME`, `APPDATA` are read
 * @param platform `Deno.build.os`
 * @throws OvError `usage/invalid` where a variable is relative, or none of them says where
 */
export function locate(environment: Readonly<Record<string, string | undefined>>, platform: string): Locations {
  const windows = platform === "windows";
  const separator = windows ? "\\" : "/";
  const isAbsolute = (path: string) => windows ? /^([A-Za-z]:[\\/]|\\\\)/.test(path) : path.startsWith("/");
  const join = (...parts: string[]) => parts.join(separator);

  const own = environment["OV_HOME"];
  if (own !== undefined && own !== "") {
    if (!isAbsolute(own)) {
      throw new OvError("usage/invalid", "Cannot use OV_HOME: it is not an absolute path", {
        hint: "Set OV_HOME to an absolute path, or unset it.",
      });
    }
    const folder = own.length > 1 ? own.replace(/[\\/]+$/, "") : own;
    return { vaultFolder: folder, configFolder: folder };
  }
  if (windows) {
    const roaming = environment["APPDATA"];
    if (roaming === undefined || !isAbsolute(roaming)) throw nowhere("APPDATA");
    return { vaultFolder: join(roaming, "OpaqueVault"), configFolder: join(roaming, "OpaqueVault") };
  }
  const home = environment["HOME"];
  if (home === undefined || !isAbsolute(home)) throw nowhere("HOME");
  if (platform === "darwin") {
    const folder = join(home, "Library", "Application Support", "OpaqueVault");
    return { vaultFolder: folder, configFolder: folder };
  }
  // XDG Base Directory Specification: a relative path in these variables is invalid and is to be ignored.
  const xdg = (name: string, fallback: string) => {
    const value = environment[name];
    return value !== undefined && isAbsolute(value) ? value : fallback;
  };
  return {
    vaultFolder: join(xdg("XDG_DATA_HOME", join(home, ".local", "share")), "opaquevault"),
    configFolder: join(xdg("XDG_CONFIG_HOME", join(home, ".config")), "opaquevault"),
  };
}

/**
 * Where the platform's service manager looks for the services of one user; `null` where there is none that we know.
 * @param environment the caller's variables; `HOME` and `XDG_CONFIG_HOME` are read
 * @param platform `Deno.build.os`
 */
export function serviceFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
): string | null {
  const home = environment["HOME"];
  if (home === undefined || !home.startsWith("/")) return null;
  if (platform === "darwin") return `${home}/Library/LaunchAgents`;
  if (platform !== "linux") return null;
  const config = environment["XDG_CONFIG_HOME"];
  return `${config !== undefined && config.startsWith("/") ? config : `${home}/.config`}/systemd/user`;
}

function nowhere(variable: string): OvError {
  return new OvError("usage/invalid", `Cannot find the vault folder: ${variable} is not set to an absolute path`, {
    hint: `Set OV_HOME to an absolute path, or ${variable} to your home.`,
  });
}
