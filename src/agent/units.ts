/**
 * Service files by which the platform's service manager listens at the agent's socket and starts the agent, locked, when
 * `ov unlock` connects. Text in, text out.
 */
import { LAUNCHD_SOCKET } from "./inherited.ts";

/** A file of a service. */
export interface UnitFile {
  /** Its name in the folder of the user's services. */
  readonly name: string;
  readonly content: string;
}

/** A service for one platform. */
export interface AgentService {
  readonly files: readonly UnitFile[];
  /** Names of what the service manager adds, to be removed with the files. */
  readonly links: readonly string[];
  /** What the user runs when the files are there, and when they are gone. */
  readonly enable: readonly string[];
  readonly disable: readonly string[];
}

const SYSTEMD_SERVICE = "opaquevault-agent.service";
const SYSTEMD_SOCKET = "opaquevault-agent.socket";
const LAUNCHD_LABEL = "opaquevault.agent";

/**
 * @param self program and arguments that start `ov`
 * @param environment what the agent must be told, e.g. `OV_HOME`
 * @param socket path of the agent's socket
 * @returns `null` where the platform has no such services
 */
export function agentService(
  platform: string,
  self: readonly string[],
  environment: Readonly<Record<string, string>>,
  socket: string,
): AgentService | null {
  const command = [...self, "agent", "start", "--foreground", "--activated"];
  if (platform === "linux") return systemdService(command, environment, socket);
  return platform === "darwin" ? launchdService(command, environment, socket) : null;
}

function systemdService(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  socket: string,
): AgentService {
  const variables = Object.entries(environment).map(([name, value]) =>
    `Environment=${systemdWord(`${name}=${value}`)}`
  );
  const written = "# Written by `ov agent install`; `ov agent uninstall` removes it.";
  const text = (...lines: string[]) => [written, ...lines, ""].join("\n");
  return {
    files: [{
      name: SYSTEMD_SOCKET,
      content: text(
        "[Unit]",
        "Description=OpaqueVault agent: its socket",
        "",
        "[Socket]",
        `ListenStream=${socket.replaceAll("%", "%%")}`,
        "SocketMode=0600",
        "DirectoryMode=0700",
        "RemoveOnStop=yes",
        "",
        "[Install]",
        "WantedBy=sockets.target",
      ),
    }, {
      name: SYSTEMD_SERVICE,
      content: text(
        "[Unit]",
        "Description=OpaqueVault agent (locked until `ov unlock`)",
        `Requires=${SYSTEMD_SOCKET}`,
        `After=${SYSTEMD_SOCKET}`,
        "",
        "[Service]",
        "Type=exec",
        `ExecStart=${command.map(systemdWord).join(" ")}`,
        ...variables,
        "UMask=0077",
        "LimitCORE=0",
      ),
    }],
    links: [`sockets.target.wants/${SYSTEMD_SOCKET}`],
    enable: ["ov agent stop", "systemctl --user daemon-reload", `systemctl --user enable --now ${SYSTEMD_SOCKET}`],
    disable: [`systemctl --user stop ${SYSTEMD_SOCKET} ${SYSTEMD_SERVICE}`, "systemctl --user daemon-reload"],
  };
}

/** systemd.service(5), COMMAND LINES: C-style quotes; `%` begins a specifier and `$` a variable. */
function systemdWord(word: string): string {
  const quoted = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$");
  return `"${quoted.replaceAll("\n", "\\n")}"`;
}

function launchdService(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  socket: string,
): AgentService {
  const variables = Object.entries(environment).map(([name, value]) =>
    `    <key>${xmlText(name)}</key><string>${xmlText(value)}</string>\n`
  );
  const name = `${LAUNCHD_LABEL}.plist`;
  // SockPathMode and Umask are decimal: 0600 and 0077.
  const content = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${LAUNCHD_LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    <string>${xmlText(word)}</string>\n`).join("")}  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join("")}  </dict>
  <key>Sockets</key>
  <dict>
    <key>${LAUNCHD_SOCKET}</key>
    <dict>
      <key>SockPathName</key><string>${xmlText(socket)}</string>
      <key>SockPathMode</key><integer>384</integer>
    </dict>
  </dict>
  <key>Umask</key><integer>63</integer>
</dict>
</plist>
`;
  return {
    files: [{ name, content }],
    links: [],
    enable: ["ov agent stop", `launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/${name}`],
    disable: [`launchctl bootout gui/$(id -u)/${LAUNCHD_LABEL}`],
  };
}

function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
