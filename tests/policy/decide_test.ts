import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decide,
  type Grant,
  type Mode,
  parseArgs,
  type RunRequest,
  showArgs,
  type TreeState,
  treesWanted,
  type Warning,
} from "../../src/policy/mod.ts";

const NOW = 1_000_000;

const REQUEST: RunRequest = {
  origin: "agent",
  app: "shop",
  env: "development",
  secrets: ["A", "B"],
  program: "/usr/bin/node",
  programSha256: "p1",
  argv: ["scripts/test.js", "--fast"],
  workDir: "/proj",
  pins: [{ path: "/proj/scripts/test.js", sha256: "f1" }],
  session: "s1",
};

const GRANT: Grant = {
  id: "g1",
  app: "shop",
  env: "development",
  secrets: ["A", "B"],
  program: "/usr/bin/node",
  programSha256: "p1",
  argv: ["scripts/test.js", "--fast"],
  workDir: "/proj",
  pins: [{ path: "/proj/scripts/test.js", sha256: "f1" }],
  use: "always",
  until: null,
  session: null,
  createdAt: 1,
  lastUsedAt: null,
  uses: 0,
};

const RISKY: Warning = { code: "prints-environment", text: "prints", neverListed: true };
const MILD: Warning = { code: "starts-anything", text: "starts", neverListed: false };

interface Case {
  readonly when: string;
  readonly request?: Partial<RunRequest>;
  /** `null`: no grant at all. */
  readonly grant?: Partial<Grant> | null;
  readonly warnings?: readonly Warning[];
  /** Whether the grant holds: then every mode allows; else ask asks and listed denies. */
  readonly holds: boolean;
  readonly changed?: readonly string[];
}

const TABLE: readonly Case[] = [
  { when: "the grant covers exactly the command", holds: true },
  { when: "there is no grant", grant: null, holds: false },
  // Secrets.
  { when: "fewer secrets are asked for", request: { secrets: ["A"] }, holds: true },
  { when: "no secret is asked for", request: { secrets: [] }, holds: true },
  { when: "another secret is asked for", request: { secrets: ["A", "C"] }, holds: false },
  { when: "the grant names fewer secrets", grant: { secrets: ["A"] }, holds: false },
  // App and env.
  { when: "the app is another", request: { app: "other" }, holds: false },
  { when: "the env is another", request: { env: "production" }, holds: false },
  // Program, arguments, directory.
  { when: "the program is another", request: { program: "/tmp/node" }, holds: false },
  { when: "the program has changed", request: { programSha256: "p2" }, holds: false, changed: ["/usr/bin/node"] },
  { when: "the directory is another", request: { workDir: "/proj/sub" }, holds: false },
  { when: "an argument is another", request: { argv: ["scripts/test.js", "--slow"] }, holds: false },
  { when: "an argument more", request: { argv: ["scripts/test.js", "--fast", "x"] }, holds: false },
  { when: "an argument fewer", request: { argv: ["scripts/test.js"] }, holds: false },
  { when: "arguments in another order", request: { argv: ["--fast", "scripts/test.js"] }, holds: false },
  { when: "arguments joined", request: { argv: ["scripts/test.js --fast"] }, holds: false },
  { when: "an argument with a star, which is no wildcard", grant: { argv: ["scripts/test.js", "*"] }, holds: false },
  // Wildcards.
  {
    when: "a wildcard matches",
    grant: { argv: ["scripts/test.js", { any: "name" }] },
    request: { argv: ["scripts/test.js", "x y"] },
    holds: true,
  },
  { when: "a wildcard meets an option", grant: { argv: ["scripts/test.js", { any: "name" }] }, holds: false },
  ...["SHELL=/tmp/sh", ".SHELLFLAGS=-c printenv>x", "CC:=x", "a+=b"].map((setting) => ({
    when: `a wildcard meets a setting, ${setting}`,
    grant: { argv: ["scripts/test.js", { any: "n" }] },
    request: { argv: ["scripts/test.js", setting] },
    holds: false,
  })),
  {
    when: "a wildcard meets an address with a query",
    grant: { argv: ["scripts/test.js", { any: "n" }] },
    request: { argv: ["scripts/test.js", "https://example.com/?a=b"] },
    holds: true,
  },
  {
    when: "a wildcard meets a folder",
    grant: { argv: ["scripts/test.js", { any: "n" }] },
    request: { argv: ["scripts/test.js", "other"], unbound: ["other"] },
    holds: false,
  },
  {
    when: "a wildcard meets an empty argument",
    grant: { argv: ["scripts/test.js", { any: "n" }] },
    request: { argv: ["scripts/test.js", ""] },
    holds: false,
  },
  {
    when: "a wildcard meets no argument",
    grant: { argv: ["scripts/test.js", { any: "n" }] },
    request: { argv: ["scripts/test.js"] },
    holds: false,
  },
  {
    when: "a wildcard meets a file that was not pinned",
    grant: { argv: ["scripts/test.js", { any: "n" }] },
    request: { argv: ["scripts/test.js", "evil.js"], pins: [...REQUEST.pins, { path: "/proj/evil.js", sha256: "e" }] },
    holds: false,
    changed: ["/proj/evil.js"],
  },
  // Content.
  {
    when: "a file has changed",
    request: { pins: [{ path: "/proj/scripts/test.js", sha256: "f2" }] },
    holds: false,
    changed: ["/proj/scripts/test.js"],
  },
  { when: "a file is gone", request: { pins: [] }, holds: false, changed: ["/proj/scripts/test.js"] },
  {
    when: "a file came in",
    request: { pins: [...REQUEST.pins, { path: "/proj/new.js", sha256: "n" }] },
    holds: false,
    changed: ["/proj/new.js"],
  },
  {
    when: "the files come in another order",
    grant: { pins: [{ path: "/b", sha256: "2" }, { path: "/a", sha256: "1" }] },
    request: { pins: [{ path: "/a", sha256: "1" }, { path: "/b", sha256: "2" }] },
    holds: true,
  },
  // Lifetime.
  { when: "a once grant is unused", grant: { use: "once" }, holds: true },
  { when: "a once grant is used", grant: { use: "once", uses: 1 }, holds: false },
  { when: "an always grant was used often", grant: { uses: 1000 }, holds: true },
  { when: "a session grant in its session", grant: { use: "session", session: "s1" }, holds: true },
  { when: "a session grant in another session", grant: { use: "session", session: "s2" }, holds: false },
  {
    when: "a session grant without a session",
    grant: { use: "session", session: "s1" },
    request: { session: null },
    holds: false,
  },
  {
    when: "a session grant that names no session",
    grant: { use: "session", session: null },
    request: { session: null },
    holds: false,
  },
  { when: "a once grant of another session", grant: { use: "once", session: "s2" }, holds: false },
  { when: "an until grant before its time", grant: { use: "until", until: NOW + 1 }, holds: true },
  { when: "an until grant at its time", grant: { use: "until", until: NOW }, holds: false },
  { when: "an until grant after its time", grant: { use: "until", until: NOW - 1 }, holds: false },
  { when: "an until grant that names no time", grant: { use: "until" }, holds: false },
  { when: "an always grant with a time that has passed", grant: { until: NOW - 1 }, holds: false },
  // Warnings.
  { when: "a warning that grants may cover", warnings: [MILD], holds: true },
  { when: "a command that prints secrets", warnings: [MILD, RISKY], holds: false },
  // Who asks makes no difference.
  { when: "a person asks", request: { origin: "human" }, holds: true },
  { when: "a person asks without a grant", request: { origin: "human" }, grant: null, holds: false },
];

for (const { when, request, grant, warnings, holds, changed } of TABLE) {
  Deno.test(`decide() ${holds ? "allows" : "does not allow"} when ${when}`, () => {
    const grants = grant === null ? [] : [{ ...GRANT, ...grant }];
    const decisions = (["open", "ask", "listed"] as const).map((mode) =>
      decide(mode, { ...REQUEST, ...request }, grants, NOW, warnings ?? [])
    );
    assert.deepEqual(
      decisions.map((decision) => decision.kind),
      holds ? ["allow", "allow", "allow"] : ["allow", "ask", "deny"],
    );
    for (const decision of decisions.slice(1)) {
      assert(decision.reason.length > 5 || holds);
      if (decision.kind === "allow") assert.equal(decision.grant, "g1");
      else assert.deepEqual(decision.changed, changed ?? []);
    }
    assert.equal(decisions[0]!.kind === "allow" && decisions[0]!.grant, null);
  });
}

Deno.test("decide() takes a grant for one use as the answer to a command that prints secrets, under ask alone", () => {
  const once = { ...GRANT, use: "once" as const };
  const kinds = (grant: Grant) =>
    (["open", "ask", "listed"] as const).map((mode) => decide(mode, REQUEST, [grant], NOW, [RISKY]).kind);
  assert.deepEqual(kinds(once), ["allow", "allow", "deny"]);
  assert.deepEqual(kinds({ ...once, uses: 1 }), ["allow", "ask", "deny"]);
  assert.deepEqual(kinds({ ...once, until: NOW }), ["allow", "ask", "deny"]);
  for (const use of ["session", "until", "always"] as const) {
    const lasting = { ...GRANT, use, session: use === "session" ? REQUEST.session : null, until: NOW + 1 };
    assert.deepEqual(kinds(lasting), ["allow", "ask", "deny"], use);
  }
});

Deno.test("decide() takes the grant that holds among others that do not", () => {
  const grants = [
    { ...GRANT, id: "other", app: "other" },
    { ...GRANT, id: "stale", pins: [] },
    { ...GRANT, id: "good" },
    { ...GRANT, id: "spent", use: "once" as const, uses: 1 },
  ];
  assert.deepEqual(decide("listed", REQUEST, grants, NOW, []), { kind: "allow", reason: "grant good", grant: "good" });
});

Deno.test("decide() does not call a grant changed that is spent or of another command", () => {
  const grants = [{ ...GRANT, pins: [], use: "once" as const, uses: 1 }, { ...GRANT, pins: [], workDir: "/x" }];
  const decision = decide("ask", REQUEST, grants, NOW, []);
  assert.deepEqual(decision.kind === "ask" && decision.changed, []);
});

Deno.test("decide() never allows under ask or listed what differs from the grant in any field", () => {
  const field = fc.constantFrom("app", "env", "program", "programSha256", "workDir");
  fc.assert(fc.property(field, fc.string(), fc.constantFrom<Mode>("ask", "listed"), (name, text, mode) => {
    fc.pre(text !== REQUEST[name as "app"]);
    assert.notEqual(decide(mode, { ...REQUEST, [name]: text }, [GRANT], NOW, []).kind, "allow");
  }));
  fc.assert(fc.property(fc.array(fc.string(), { maxLength: 3 }), (argv) => {
    fc.pre(JSON.stringify(argv) !== JSON.stringify(GRANT.argv));
    assert.equal(decide("ask", { ...REQUEST, argv }, [GRANT], NOW, []).kind, "ask");
  }));
});

Deno.test("showArgs() shows a wildcard by its name", () => {
  assert.deepEqual(showArgs(["a", { any: "branch" }, "*"]), ["a", "<branch>", "*"]);
});

// --- folders that are bound whole --------------------------------------------------------------------------------------

const TREE: TreeState = {
  folder: "/proj/src",
  sha256: "t1",
  files: 2,
  paths: new Set(["/proj/src/a.js", "/proj/src/b.js"]),
};

function withTree(request: Partial<RunRequest>, trees: readonly TreeState[], grant: Partial<Grant> = {}) {
  const { folder, sha256, files } = TREE;
  const bound = { ...GRANT, trees: [{ folder, sha256, files }], ...grant };
  return decide("ask", { ...REQUEST, ...request }, [bound], NOW, [], trees);
}

Deno.test("decide() holds a grant to every file of its folders, and asks again when one differs or was not read", () => {
  assert.equal(withTree({}, [TREE]).kind, "allow");
  for (const trees of [[], [{ ...TREE, sha256: "t2" }], [{ ...TREE, sha256: "" }], [{ ...TREE, folder: "/proj" }]]) {
    const decision = withTree({}, trees);
    assert.ok(decision.kind === "ask");
    assert.deepEqual(decision.changed, ["/proj/src/"]);
  }
});

Deno.test("decide() lets a wildcard name a file of an unchanged folder, and no other file", () => {
  const grant = { argv: ["scripts/test.js", { any: "file" }] };
  const pins = (path: string) => [...REQUEST.pins, { path, sha256: "x" }];
  const call = (path: string) => withTree({ argv: ["scripts/test.js", path], pins: pins(path) }, [TREE], grant).kind;
  assert.equal(call("/proj/src/a.js"), "allow");
  for (const path of ["/proj/src/new.js", "/proj/other.js", "/proj/src/../x.js"]) assert.equal(call(path), "ask", path);
});

Deno.test("treesWanted() names the folders of grants that could hold, and of no other", () => {
  const trees = [{ folder: "/a", sha256: "1", files: 1 }, { folder: "/b", sha256: "1", files: 1 }];
  const grants = [
    { ...GRANT, trees },
    { ...GRANT, id: "g2", trees: [{ folder: "/a", sha256: "2", files: 1 }] },
    { ...GRANT, id: "g3", program: "/bin/other", trees: [{ folder: "/c", sha256: "1", files: 1 }] },
    { ...GRANT, id: "g4", use: "until" as const, until: NOW, trees: [{ folder: "/d", sha256: "1", files: 1 }] },
  ];
  assert.deepEqual(treesWanted(REQUEST, grants, NOW), ["/a", "/b"]);
});

Deno.test("parseArgs() reads {name} as any one argument, and leaves everything else as it is", () => {
  assert.deepEqual(parseArgs(["{file}", "--x={file}", "{{file}}", "{}", "{A}", "{a b}", "{{}}", "a"]), [
    { any: "file" },
    "--x={file}",
    "{file}",
    "{}",
    "{A}",
    "{a b}",
    "{{}}",
    "a",
  ]);
});
