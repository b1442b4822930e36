import assert from "node:assert/strict";
import type { ClientView } from "../../../src/keeper/protocol.ts";
import { MINUTE, NOW, ov } from "../fake.ts";

const CLIENT: ClientView = {
  id: "1f0c9a7e",
  client: "agent 1.2",
  program: "/usr/bin/agent",
  commandLine: "agent --serve \u001b[2J",
  createdAt: NOW - 5 * MINUTE,
  until: NOW + 60 * MINUTE,
};

Deno.test("ov client list shows each remembered program, and its stable shape", async () => {
  const ran = await ov(["client", "list"], { "client.list": { clients: [CLIENT] } });
  assert.match(ran.out, /^Client +1f0c9a7e\nCalls itself +agent 1\.2\nProgram +\/usr\/bin\/agent\n/);
  assert.match(ran.out, /Started as +agent --serve \\x1b\[2J\n/);
  const empty = await ov(["client", "list"], { "client.list": { clients: [] } });
  assert.deepEqual([empty.out, empty.err], ["", "No program is remembered.\n"]);
  const json = (await ov(["client", "list", "--json"], { "client.list": { clients: [CLIENT] } })).json();
  assert.deepEqual(Object.keys((json as { clients: object[] }).clients[0]!), [
    "id",
    "client",
    "program",
    "command_line",
    "created_at",
    "until",
  ]);
});

Deno.test("ov client revoke names it", async () => {
  const ran = await ov(["client", "revoke", "1f0c9a7e"], { "client.revoke": {} });
  assert.deepEqual(ran.params("client.revoke"), { id: "1f0c9a7e" });
  assert.equal(ran.out, "Forgot 1f0c9a7e.\n");
});
