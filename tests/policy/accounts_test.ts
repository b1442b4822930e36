import assert from "node:assert/strict";
import { accountsOf, ownGroups } from "../../src/policy/accounts.ts";

const PASSWD = `root:x:0:0:root:/root:/bin/bash
games:x:5:60:games:/usr/games:/usr/sbin/nologin
#old:x:1003:1000:a user that is no more:/home/old:/bin/sh
ada:x:1000:1000:Ada:/home/ada:/bin/bash
bob:x:1001:1001::/home/bob:/bin/bash
cyd:x:1002:100::/home/cyd:/bin/bash
toor:x:0:0::/root:/bin/sh
`;
const GROUP = `root:x:0:
users:x:100:
staff:x:50:
web:x:33:bob
both:x:200:ada,bob
mine:x:201:ada,root
twin:x:202:
twin2:x:202:bob
ada:x:1000:
bob:x:1001:
`;

// Whose group, which group, and whether nobody else is in it.
const TABLE: readonly (readonly [number, number, boolean, string])[] = [
  [1000, 1000, true, "the group of one's own name"],
  [1000, 1001, false, "another user's"],
  [1000, 50, true, "one without members, as Debian's staff"],
  [1000, 33, false, "one with another member"],
  [1000, 200, false, "one with another member beside oneself"],
  [1000, 201, true, "one with root beside oneself"],
  [1000, 100, false, "another user's primary group, which lists nobody"],
  [1002, 100, true, "one's primary group that no other has"],
  [1000, 202, false, "a number under two names, one of which has a member"],
  [1000, 60, false, "a system account's primary group"],
  [1000, 4000, false, "one that these files do not know"],
  [4000, 4000, true, "one of the user's number, from a directory service"],
];

for (const [uid, gid, own, what] of TABLE) {
  Deno.test(`ownGroups() ${own ? "takes" : "does not take"} for one's own ${what}`, () =>
    assert.equal(ownGroups(uid, PASSWD, GROUP)(gid), own));
}

Deno.test("accountsOf() takes nobody for root only where root's files are shown as nobody's", () => {
  assert.deepEqual([...accountsOf(1000).rootUids], [0]);
  const real = Deno.statSync;
  const inNamespace: typeof real = (path) => ({ ...real(path), uid: path === "/usr" ? 65534 : 1000 });
  Deno.statSync = inNamespace;
  try {
    assert.deepEqual([...accountsOf(1000).rootUids], [0, 65534]);
  } finally {
    Deno.statSync = real;
  }
});

Deno.test("accountsOf() takes root's group for the user's own, and none where it does not know the user", () => {
  assert.equal(accountsOf(1000).isOwnGroup(0), true);
  assert.equal(accountsOf(null).isOwnGroup(0), true);
  assert.equal(accountsOf(null).isOwnGroup(1_999_999), false);
  assert.equal(accountsOf(1_999_998).isOwnGroup(1_999_999), false);
});
