import assert from "node:assert/strict";
import type { AuditView } from "../../../src/keeper/protocol.ts";
import { MINUTE, NOW, ov } from "../fake.ts";

const ENTRIES: readonly AuditView[] = [
  {
    sequence: 7,
    at: NOW - 5 * MINUTE,
    who: "agent",
    text: "ran node \x1b[2Kx.js with A of shop/development",
    alarm: false,
    entry: { action: "run", secrets: ["A"] },
  },
  { sequence: 8, at: NOW, who: "human", text: "CANARY touched: BAIT", alarm: true, entry: { action: "canary" } },
];

const LIST = { "audit.list": { entries: ENTRIES, total: 8 } };

/** As the user's clock shows it. */
function local(at: number): string {
  return new Date(at).toLocaleString("sv-SE");
}

Deno.test("ov audit shows the latest entries in words, escaped, and says that there are more", async () => {
  const ran = await ov(["audit"], LIST);
  assert.deepEqual(ran.params("audit.list"), { since: null, last: 50 });
  assert.equal(
    ran.out,
    `${local(NOW - 5 * MINUTE)}  agent  ran node \\x1b[2Kx.js with A of shop/development\n` +
      `${local(NOW)}  human  CANARY touched: BAIT\n`,
  );
  assert.equal(ran.err, "6 earlier entries not shown (--since, --last).\n");
});

Deno.test("ov audit --since takes a duration or a date, and --last a number", async () => {
  assert.deepEqual((await ov(["audit", "--since", "2h"], LIST)).params("audit.list"), {
    since: NOW - 120 * MINUTE,
    last: null,
  });
  const since = Date.parse("2026-02-28T18:00");
  assert.deepEqual((await ov(["audit", "--since", "2026-02-28T18:00"], LIST)).params("audit.list"), {
    since,
    last: null,
  });
  assert.deepEqual((await ov(["audit", "--since", "2026-02-28", "--last", "3"], LIST)).params("audit.list"), {
    since: Date.parse("2026-02-28T00:00"),
    last: 3,
  });
  for (const line of [["--since", "yesterday"], ["--since", "2026-13-01"], ["--last", "0"], ["--last", "x"]]) {
    const ran = await ov(["audit", ...line], LIST);
    assert.deepEqual([ran.status, ran.params("audit.list")], [2, undefined], line.join(" "));
  }
});

Deno.test("ov audit --json has a stable shape", async () => {
  assert.deepEqual((await ov(["audit", "--json"], { "audit.list": { entries: [ENTRIES[1]!], total: 8 } })).json(), {
    entries: [{
      recorded_at: "2026-03-01T12:00:00.000Z",
      sequence: 8,
      who: "human",
      text: "CANARY touched: BAIT",
      alarm: true,
      entry: { action: "canary" },
    }],
    total: 8,
  });
});

Deno.test("ov audit says that there is nothing", async () => {
  const nothing = await ov(["audit"], { "audit.list": { entries: [], total: 0 } });
  assert.deepEqual([nothing.status, nothing.out, nothing.err], [0, "", "Nothing is in the log yet.\n"]);
  const since = await ov(["audit", "--since", "1m"], { "audit.list": { entries: [], total: 3 } });
  assert.equal(since.err, "Nothing since then.\n");
});

Deno.test("ov audit --verify checks the whole chain and shows none of it", async () => {
  const answers = { "audit.verify": { entries: 12 } };
  const ran = await ov(["audit", "--verify"], answers);
  assert.equal(ran.out, "The audit log is whole: 12 entries, each chained to the one before.\n");
  assert.deepEqual((await ov(["audit", "--verify", "--json"], answers)).json(), { entries: 12, whole: true });
  assert.equal((await ov(["audit", "--verify", "--since", "1h"], answers)).status, 2);
});
