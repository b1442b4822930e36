import assert from "node:assert/strict";
import { agentUnit } from "../../src/agent/units.ts";

Deno.test("agentUnit() writes a systemd unit whose words are read back as they were", () => {
  const unit = agentUnit("linux", ["/opt/my tools/ov", '100%"$x'], { OV_HOME: "/home/a b" })!;
  assert.equal(unit.name, "opaquevault-agent.service");
  assert.ok(
    unit.content.includes(
      'ExecStart="/opt/my tools/ov" "100%%\\"$$x" "agent" "start" "--foreground" "--locked"\nEnvironment="OV_HOME=/home/a b"\n',
    ),
    unit.content,
  );
  assert.match(unit.enable.join("\n"), /systemctl --user enable --now opaquevault-agent\.service/);
});

Deno.test("agentUnit() writes a property list for launchd, with what XML would read otherwise escaped", () => {
  const unit = agentUnit("darwin", ["/opt/a&b/ov"], {})!;
  assert.ok(unit.content.includes("<string>/opt/a&amp;b/ov</string>\n    <string>agent</string>"), unit.content);
});

Deno.test("agentUnit() knows no service where there is no service manager that it knows", () => {
  assert.equal(agentUnit("windows", ["ov"], {}), null);
});

Deno.test("agentUnit() leaves the password out: the agent starts locked", () => {
  for (const platform of ["linux", "darwin"]) {
    const { content } = agentUnit(platform, ["ov"], {})!;
    assert.ok(content.includes("--locked") && !content.includes("password"));
  }
});
