import assert from "node:assert/strict";
import { join } from "node:path";
import { agentService } from "../../src/agent/units.ts";
import { hasProgram } from "./tmux.ts";
import { AgentWorld } from "./world.ts";

const SOCKET = "/home/a b/50%/agent/socket";

Deno.test("agentService() writes systemd units whose words are read back as they were", () => {
  const made = agentService("linux", ["/opt/my tools/ov", '100%"$x'], { OV_HOME: "/home/a b" }, SOCKET)!;
  const [socket, service] = made.files;
  assert.deepEqual([socket!.name, service!.name], ["opaquevault-agent.socket", "opaquevault-agent.service"]);
  assert.ok(socket!.content.includes("\nListenStream=/home/a b/50%%/agent/socket\nSocketMode=0600\n"), socket!.content);
  assert.ok(
    service!.content.includes(
      'ExecStart="/opt/my tools/ov" "100%%\\"$$x" "agent" "start" "--foreground" "--activated"\nEnvironment="OV_HOME=/home/a b"\n',
    ),
    service!.content,
  );
  assert.match(made.enable.join("\n"), /systemctl --user enable --now opaquevault-agent\.socket/);
});

Deno.test("agentService() writes a property list for launchd, with what XML would read otherwise escaped", () => {
  const { content } = agentService("darwin", ["/opt/a&b/ov"], {}, "/Users/a&b/agent/socket")!.files[0]!;
  assert.ok(content.includes("<string>/opt/a&amp;b/ov</string>\n    <string>agent</string>"), content);
  assert.ok(content.includes("<key>SockPathName</key><string>/Users/a&amp;b/agent/socket</string>"), content);
  assert.ok(content.includes("<key>Sockets</key>\n  <dict>\n    <key>Agent</key>"), content);
});

Deno.test("agentService() knows no service where there is no service manager that it knows", () => {
  assert.equal(agentService("windows", ["ov"], {}, SOCKET), null);
});

Deno.test("agentService() leaves the password out, and starts nothing at login", () => {
  for (const platform of ["linux", "darwin"]) {
    const text = agentService(platform, ["ov"], {}, SOCKET)!.files.map(({ content }) => content).join("\n");
    assert.ok(text.includes("--activated") && !text.includes("password"), text);
    assert.ok(!/RunAtLoad|default\.target|KeepAlive/.test(text), text);
  }
});

const withSystemd = await hasProgram("systemd-analyze", "--version");
if (!withSystemd) console.warn("tests/agent/units_test.ts: no systemd-analyze here, it has read no unit");

Deno.test("ov agent install writes units that systemd accepts, and ov agent uninstall removes them", async () => {
  await using agent = await AgentWorld.create();
  const { world } = agent;
  const folder = join(world.home, ".config", "systemd", "user");
  const install = () => world.ov(["agent", "install", "--json"]);
  const { files, next } = JSON.parse((await install()).stdout);
  const [socket, service] = ["opaquevault-agent.socket", "opaquevault-agent.service"].map((name) => join(folder, name));
  assert.deepEqual(files, [socket, service]);
  assert.equal(next[0], "ov agent stop");
  assert.ok((await Deno.readTextFile(socket!)).includes(`ListenStream=${join(world.ovHome, "agent", "socket")}\n`));
  if (withSystemd) {
    const read = await world.run("systemd-analyze", ["verify", "--user", "--man=no", socket!, service!], {
      env: { XDG_RUNTIME_DIR: world.folder },
    });
    assert.deepEqual({ code: read.code, stderr: read.stderr }, { code: 0, stderr: "" });
  }
  // As `systemctl --user enable` does.
  await Deno.mkdir(join(folder, "sockets.target.wants"));
  await Deno.symlink(socket!, join(folder, "sockets.target.wants", "opaquevault-agent.socket"));
  const removed = await world.ov(["agent", "uninstall"]);
  assert.match(removed.stdout, /^Removed .*\.socket and .*\.service\. To end what runs:\n {2}systemctl --user stop /);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(join(folder, "sockets.target.wants"))), []);
  assert.match((await world.ov(["agent", "uninstall"])).stdout, /^Nothing to remove/);
});
