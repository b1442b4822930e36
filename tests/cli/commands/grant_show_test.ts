import assert from "node:assert/strict";
import { DAY, NOW, ov } from "../fake.ts";
import { GRANT } from "../grant_fixture.ts";

const OPEN = {
  ...GRANT,
  id: "0123456789abcdef",
  argv: ["scripts/a b.js", "<account>"],
  trees: [{ folder: "/w/src", files: 12 }],
  use: "until" as const,
  until: NOW + DAY,
  uses: 0,
  lastUsedAt: null,
};
const LIST = { "grant.list": { grants: [GRANT, OPEN, { ...GRANT, id: "0123400000000000" }] } };

Deno.test("ov grant show tells in words what a grant allows, until when, and how often it was used", async () => {
  assert.equal(
    (await ov(["grant", "show", "g7k2m"], LIST)).out,
    `Lets one command have STRIPE_SECRET_KEY of shop/development without asking:
  /usr/bin/node 'scripts/a b.js'
  in /w

It holds from now on, and only as long as nothing of this changes:
  /usr/bin/node (the program)
  /w/scripts/a b.js

Given 1 day ago, used 2 times, last 5 minutes ago.
Take it back: ov grant revoke g7k2m
`,
  );
  const { out } = await ov(["grant", "show", "012345"], LIST);
  assert.match(out, /where <account> is any one argument that is no option/);
  assert.match(out, /It holds until 2026-03-0\d \d\d:\d\d:\d\d \(in 1 day\), and only/);
  assert.match(out, /every file below \/w\/src \(12 files\)\n/);
  assert.match(out, /never used\.\nTake it back: ov grant revoke 01234567\n$/);
});

Deno.test("ov grant show takes the first characters of an id where they are enough, and no fewer than four", async () => {
  for (const id of ["01234", "012", "none", ""]) {
    assert.equal((await ov(["grant", "show", id], LIST)).status, 5, id);
  }
  const json = (await ov(["grant", "show", "0123456", "--json"], LIST)).json() as { grant: { id: string } };
  assert.equal(json.grant.id, OPEN.id);
});

Deno.test("ov grant add passes folders and a time on, and takes one limit only", async () => {
  const added = { "grant.add": { grant: GRANT, warnings: [] } };
  const line = [
    "grant",
    "add",
    "--secrets",
    "A",
    "--tree",
    "src",
    "--tree",
    "lib",
    "--until",
    "2026-03-02T18:00",
    "x",
    "{a}",
  ];
  assert.deepEqual((await ov(line, added)).params("grant.add"), {
    argv: ["x", "{a}"],
    secrets: ["A"],
    use: "until",
    until: Date.parse("2026-03-02T18:00"),
    trees: ["src", "lib"],
  });
  for (
    const limits of [["--once", "--until", "2026-03-02"], ["--for", "1h", "--until", "2026-03-02"], ["--until", "x"]]
  ) {
    const ran = await ov(["grant", "add", "--secrets", "A", ...limits, "x"], added);
    assert.deepEqual([ran.status, ran.params("grant.add")], [2, undefined], limits.join(" "));
  }
});
