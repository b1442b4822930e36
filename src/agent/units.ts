/** Service files that start the agent, locked, when the user logs in. Text in, text out. */

/** A service for one platform. */
export interface Unit {
  /** Name of its file. */
  readonly name: string;
  readonly content: string;
  /** What the user runs afterwards, and before the file goes. */
  readonly enable: readonly string[];
  readonly disable: readonly string[];
}

const SYSTEMD_NAME = "opaquevault-agent.service";
const LAUNCHD_LABEL = "opaquevault.agent";

/**
 * @param self program and arguments that start `ov`
 * @param environment what the agent must be told, e.g. `OV_HOME`
 * @returns `null` where the platform has no such services
 */
export function agentUnit(
  platform: string,
  self: readonly string[],
  environment: Readonly<Record<string, string>>,
): Unit | null {
  const command = [...self, "agent", "start", "--foreground", "--locked"];
  if (platform === "linux") return systemdUnit(command, environment);
  return platform === "darwin" ? launchdUnit(command, environment) : null;
}

function systemdUnit(command: readonly string[], environment: Readonly<Record<string, string>>): Unit {
  const lines = Object.entries(environment).map(([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}`);
  return {
    name: SYSTEMD_NAME,
    content: [
      "# Written by `ov agent install`; `ov agent uninstall` removes it.",
      "[Unit]",
      "Description=OpaqueVault agent (locked until `ov unlock`)",
      "",
      "[Service]",
      "Type=exec",
      `ExecStart=${command.map(systemdWord).join(" ")}`,
      ...lines,
      "Restart=on-failure",
      "UMask=0077",
      "LimitCORE=0",
      "",
      "[Install]",
      "WantedBy=default.target",
      "",
    ].join("\n"),
    enable: ["systemctl --user daemon-reload", `systemctl --user enable --now ${SYSTEMD_NAME}`],
    disable: [`systemctl --user disable --now ${SYSTEMD_NAME}`],
  };
}

/** systemd.service(5), COMMAND LINES: C-style quotes; `%` begins a specifier and `$` a variable. */
function systemdWord(word: string): string {
  const quoted = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$");
  return `"${quoted.replaceAll("\n", "\\n")}"`;
}

function launchdUnit(command: readonly string[], environment: Readonly<Record<string, string>>): Unit {
  const variables = Object.entries(environment).map(([name, value]) =>
    `    <key>${xmlText(name)}</key><string>${xmlText(value)}</string>\n`
  );
  return {
    name: `${LAUNCHD_LABEL}.plist`,
    content: `<?xml version="1.0" encoding="UTF-8"?>
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
  <key>RunAtLoad</key><true/>
  <key>Umask</key><integer>63</integer>
</dict>
</plist>
`,
    enable: [`launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/${LAUNCHD_LABEL}.plist`],
    disable: [`launchctl bootout gui/$(id -u)/${LAUNCHD_LABEL}`],
  };
}

function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
