import assert from "node:assert/strict";
import type { ImportDone, ImportItem, ImportPlan, Params } from "../../../src/keeper/protocol.ts";
import { failing, ov } from "../fake.ts";

function item(name: string, line: number, kind: "secret" | "setting", reason: string): ImportItem {
  return { name, line, kind, reason, problem: null, maskable: true, state: "new" };
}

const PLAN: ImportPlan = {
  planId: "p1",
  target: { app: "my-worker", env: "development" },
  chosen: true,
  targetExists: false,
  items: [
    item("SECRET_API_KEY", 1, "secret", "name ends in _KEY"),
    item("DATABASE_URL", 2, "secret", "URL with a password"),
    item("ENVIRONMENT", 3, "setting", "plain word"),
    item("LOG_LEVEL", 4, "setting", "plain word"),
    { ...item("STRIPE_SECRET_KEY", 6, "secret", "looks like a Stripe key"), state: "changed" },
  ],
  notes: [{ line: 5, message: "dropped: not an assignment" }],
  warnings: ["git does not ignore .dev.vars"],
  path: "/w/.dev.vars",
  rewritable: true,
  projectFile: null,
};

function apply(params: Params<"import.apply">): ImportDone {
  return {
    target: PLAN.target,
    created: true,
    imported: params.names.map((name) => ({ name, version: 1, changed: name !== "DATABASE_URL", replaced: false })),
    settings: PLAN.items.map(({ name }) => name).filter((name) => !params.names.includes(name)),
    total: PLAN.items.length,
    rewritten: params.rewrite,
    projectFileWritten: params.projectFile ? "/w/.ov.yaml" : null,
    warnings: [],
  };
}

const ANSWER = { "import.plan": PLAN, "import.apply": apply };
const SECRETS = ["SECRET_API_KEY", "DATABASE_URL", "STRIPE_SECRET_KEY"];

Deno.test("ov import shows the list with reasons and lines, lets it be changed, offers the rewrite", async () => {
  const replies = [["SECRET_API_KEY", "DATABASE_URL", "LOG_LEVEL"], true];
  const ran = await ov(["import", ".dev.vars"], ANSWER, { terminal: true, replies });
  assert.deepEqual(ran.params("import.plan"), {
    source: { kind: "file", path: ".dev.vars" },
    format: "auto",
    dryRun: false,
  });
  assert.deepEqual(ran.params("import.apply"), {
    planId: "p1",
    names: ["SECRET_API_KEY", "DATABASE_URL", "LOG_LEVEL"],
    rewrite: true,
    projectFile: true,
    replace: true,
  });
  const [ticks, rewrite] = ran.io.questions;
  assert.equal(ticks!.question, "Import into my-worker/development (the rest stays in the file):");
  assert.deepEqual(ticks!.checked.map((label) => label.split(" ")[0]), SECRETS);
  assert.equal(rewrite!.question, "Take 3 secrets out of .dev.vars?");
  assert.equal(
    ran.err,
    `NAME               LINE  TAKEN FOR  BECAUSE
SECRET_API_KEY     1     secret     name ends in _KEY
DATABASE_URL       2     secret     URL with a password
ENVIRONMENT        3     setting    plain word
LOG_LEVEL          4     setting    plain word
STRIPE_SECRET_KEY  6     secret     looks like a Stripe key; replaces another value in the vault
line 5: dropped: not an assignment

warning: git does not ignore .dev.vars
`,
  );
  assert.equal(
    ran.out,
    `Imported 3 of 5 into my-worker/development (2 left as settings)
1 secret already stood there with the same value.
Rewrote .dev.vars: it holds no imported secret any more.
Wrote /w/.ov.yaml.

Next:
  ov run -- wrangler dev       use them yourself
  claude mcp add ov -- ov mcp  let an agent use them without seeing them
  Any MCP client: {"mcpServers": {"ov": {"command": "ov", "args": ["mcp"]}}}
`,
  );
});

Deno.test("ov import --yes imports what is taken for a secret and rewrites, without a terminal", async () => {
  const ran = await ov(["import", ".dev.vars", "--yes"], ANSWER);
  assert.deepEqual(ran.params("import.apply"), {
    planId: "p1",
    names: SECRETS,
    rewrite: true,
    projectFile: true,
    replace: true,
  });
  assert.match(ran.out, /^Imported 3 of 5 into my-worker\/development \(2 left as settings\)\n/);
});

Deno.test("ov import does not call a setting what it could not take", async () => {
  const stuck = { ...item("MY-KEY", 7, "setting", "name ends in -KEY"), problem: "the name can not be a variable" };
  const ran = await ov(["import", "--yes"], {
    "import.plan": { ...PLAN, items: [...PLAN.items, stuck] },
    "import.apply": (params) => ({ ...apply(params), settings: ["ENVIRONMENT", "LOG_LEVEL", "MY-KEY"], total: 6 }),
  });
  assert.match(ran.out, /^Imported 3 of 6 into \S+ \(2 left as settings; 1 can not be imported, see above\)\n/);
});

Deno.test("ov import decides by its flags what to take and whether to rewrite", async () => {
  const all = PLAN.items.map(({ name }) => name);
  const cases: [string[], readonly string[], boolean, boolean][] = [
    [["--all"], all, false, true],
    [["--all", "--yes"], all, true, true],
    [["--only", "LOG_LEVEL,SECRET_API_KEY"], ["SECRET_API_KEY", "LOG_LEVEL"], false, true],
    [["--only", "LOG_LEVEL", "--rewrite"], ["LOG_LEVEL"], true, true],
    [["--yes", "--no-rewrite"], SECRETS, false, true],
    [["--yes", "--no-project-file"], SECRETS, true, false],
  ];
  for (const [flags, names, rewrite, projectFile] of cases) {
    for (const command of [["import"], ["secret", "import"]]) {
      const ran = await ov([...command, ".dev.vars", ...flags], ANSWER);
      assert.deepEqual(
        ran.params("import.apply"),
        { planId: "p1", names, rewrite, projectFile, replace: true },
        flags.join(" "),
      );
    }
  }
  const left = await ov(["import", "--all"], ANSWER);
  assert.match(left.out, /\.dev\.vars still holds the plaintext\.\n/);
});

Deno.test("ov import --only and --all skip the list, and ask on a terminal before they replace and rewrite", async () => {
  const guessed = { ...ANSWER, "import.plan": { ...PLAN, chosen: false } };
  const ran = await ov(["import", "--only", "STRIPE_SECRET_KEY"], guessed, { terminal: true, replies: [true, true] });
  assert.deepEqual(ran.io.questions.map(({ question }) => question), [
    "my-worker/development holds another value of STRIPE_SECRET_KEY. Replace it?",
    "Take 1 secret out of .dev.vars?",
  ]);
  const params = { planId: "p1", names: ["STRIPE_SECRET_KEY"], rewrite: true, projectFile: true, replace: true };
  assert.deepEqual(ran.params("import.apply"), params);
  const all = await ov(["import", "--all"], ANSWER, { terminal: true, replies: [true, false] });
  assert.deepEqual([all.io.questions.length, (all.params("import.apply") as { rewrite: boolean }).rewrite], [2, false]);
  const yes = await ov(["import", "--all", "--yes"], ANSWER, { terminal: true });
  assert.deepEqual([yes.io.questions.length, yes.status], [0, 0]);
});

Deno.test("ov import names app, env and secrets in the next step when no project file offers them", async () => {
  const ran = await ov(["import", "--only", "LOG_LEVEL", "--no-project-file"], ANSWER);
  assert.match(ran.out, /ov run --app my-worker --env development --secrets LOG_LEVEL -- wrangler dev /);
});

Deno.test("ov import leads on with the env and the secrets where .ov.yaml names others", async () => {
  const project = { ...PLAN, projectFile: "/w/.ov.yaml" };
  const context = { app: "my-worker", env: "development", projectFile: "/w/.ov.yaml", secrets: SECRETS };
  const cases: [Record<string, unknown>, boolean][] = [
    [context, true],
    [{ ...context, env: "staging" }, false],
    [{ ...context, secrets: ["SECRET_API_KEY"] }, false],
    [{ ...context, projectFile: "/.ov.yaml" }, false],
  ];
  for (const [at, offered] of cases) {
    const configure = { context: { appFrom: "project file", envFrom: "project file", ...at } };
    const ran = await ov(["import", "--yes"], { ...ANSWER, "import.plan": project, configure } as typeof ANSWER);
    assert.equal(/^ {2}ov run -- wrangler dev /m.test(ran.out), offered, JSON.stringify(at));
    assert.equal(ran.out.includes(`--env development --secrets ${SECRETS.join(",")} -- `), !offered);
  }
});

Deno.test("ov import asks before a value in the vault gives way, and says no to the keeper when nobody chose the app", async () => {
  const guessed = { ...ANSWER, "import.plan": { ...PLAN, chosen: false } };
  const replace = async (...flags: string[]) =>
    ((await ov(["import", ...flags], guessed)).params("import.apply") as { replace: boolean }).replace;
  assert.deepEqual([await replace("--yes"), await replace("--all"), await replace("--only", "LOG_LEVEL")], [
    false,
    false,
    false,
  ]);
  assert.equal(await replace("--yes", "--replace"), true);

  const terminal = async (answers: typeof ANSWER, ...replies: unknown[]) =>
    await ov(["import"], answers, { terminal: true, replies: [SECRETS, ...replies] } as Parameters<typeof ov>[2]);
  const yes = await terminal(guessed, true, true);
  assert.equal(
    yes.io.questions[1]!.question,
    "my-worker/development holds another value of STRIPE_SECRET_KEY. Replace it?",
  );
  assert.equal((yes.params("import.apply") as { replace: boolean }).replace, true);
  // Enter alone replaces nothing, unless the app was chosen.
  assert.equal(yes.io.presets[0], false);
  assert.equal((await terminal(ANSWER, true, true)).io.presets[0], PLAN.chosen);
  assert.equal(PLAN.chosen, true);
  const no = await terminal(guessed, false);
  assert.deepEqual([no.status, no.params("import.apply")], [130, undefined]);
  assert.match(no.err, /not confirmed, nothing was changed/);

  const replaced = {
    ...ANSWER,
    "import.apply": (params: Params<"import.apply">) => ({
      ...apply(params),
      imported: params.names.map((name) => ({ name, version: 2, changed: true, replaced: true })),
    }),
  };
  const done = await ov(["import", "--only", "STRIPE_SECRET_KEY", "--yes"], replaced);
  assert.match(done.out, /^Replaced another value of STRIPE_SECRET_KEY; ov secret history has the earlier one\.$/m);
});

Deno.test("ov import changes nothing when nobody can be asked and nothing was decided", async () => {
  const cases: [string[], boolean][] = [
    [["import"], false],
    [["import", "--non-interactive"], true],
    [["import", "--json"], true],
    [["import", "-"], true],
  ];
  for (const [line, terminal] of cases) {
    const ran = await ov(line, ANSWER, { terminal });
    assert.deepEqual([ran.status, ran.calls.length], [2, 1], line.join(" "));
    assert.match(ran.err, /--yes/);
  }
});

Deno.test("ov import applies nothing when interrupted at either question", async () => {
  for (const replies of [[], [["SECRET_API_KEY"]]]) {
    const ran = await ov(["import"], ANSWER, { terminal: true, replies });
    assert.deepEqual([ran.status, ran.params("import.apply")], [130, undefined]);
  }
});

Deno.test("ov import --dry-run shows names and what would happen, and applies nothing", async () => {
  const ran = await ov(["import", "--dry-run"], ANSWER, { terminal: true });
  assert.equal((ran.params("import.plan") as { dryRun: boolean }).dryRun, true);
  assert.deepEqual([ran.params("import.apply"), ran.io.questions.length, ran.status], [undefined, 0, 0]);
  assert.equal(
    ran.out,
    `Would import 3 of 5 into my-worker/development (which it would create): SECRET_API_KEY, DATABASE_URL, \
STRIPE_SECRET_KEY
Would replace another value of STRIPE_SECRET_KEY.
Would offer to take them out of .dev.vars.
Nothing was changed.
`,
  );
});

Deno.test("ov import --dry-run --json has a stable shape without a plan's id", async () => {
  const ran = await ov(["import", "--dry-run", "--json", "--only", "LOG_LEVEL"], {
    "import.plan": { ...PLAN, items: [PLAN.items[3]!] },
  });
  assert.equal(ran.err, "");
  assert.deepEqual(ran.json(), {
    dry_run: true,
    target: { app: "my-worker", env: "development" },
    target_exists: false,
    items: [{
      name: "LOG_LEVEL",
      line: 4,
      kind: "setting",
      reason: "plain word",
      problem: null,
      maskable: true,
      state: "new",
    }],
    notes: [{ line: 5, message: "dropped: not an assignment" }],
    warnings: ["git does not ignore .dev.vars"],
    path: "/w/.dev.vars",
    rewritable: true,
    project_file: null,
    target_chosen: true,
    would_import: ["LOG_LEVEL"],
    would_replace: [],
    would_rewrite: false,
  });
});

Deno.test("ov import --json has a stable shape", async () => {
  const ran = await ov(["import", "--yes", "--json"], ANSWER);
  assert.equal(ran.err, "");
  assert.deepEqual(ran.json(), {
    dry_run: false,
    path: "/w/.dev.vars",
    target: { app: "my-worker", env: "development" },
    created: true,
    imported: [
      { name: "SECRET_API_KEY", version: 1, changed: true, replaced: false },
      { name: "DATABASE_URL", version: 1, changed: false, replaced: false },
      { name: "STRIPE_SECRET_KEY", version: 1, changed: true, replaced: false },
    ],
    settings: ["ENVIRONMENT", "LOG_LEVEL"],
    total: 5,
    rewritten: true,
    project_file_written: "/w/.ov.yaml",
    warnings: ["git does not ignore .dev.vars"],
    notes: [{ line: 5, message: "dropped: not an assignment" }],
  });
});

Deno.test("ov import refuses --only with a name that is not there or cannot be imported", async () => {
  const broken = { ...item("BAD NAME", 9, "secret", "x"), problem: "no environment can hold that name" };
  const plan = { ...PLAN, items: [...PLAN.items, broken] };
  for (const only of ["NOPE", "BAD NAME", ","]) {
    const ran = await ov(["import", "--only", only], { ...ANSWER, "import.plan": plan });
    assert.deepEqual([ran.status, ran.params("import.apply")], [2, undefined], only);
  }
  const yes = await ov(["import", "--all"], { ...ANSWER, "import.plan": plan });
  assert.ok(!(yes.params("import.apply") as { names: string[] }).names.includes("BAD NAME"));
  assert.match(yes.err, /BAD NAME +9 +nothing +no environment can hold that name\n/);
});

Deno.test("ov import leaves JSON and stdin as they are", async () => {
  const plan = { ...PLAN, path: null, rewritable: false };
  const ran = await ov(["import", "-", "--yes"], { ...ANSWER, "import.plan": plan });
  assert.deepEqual(ran.params("import.plan"), { source: { kind: "stdin" }, format: "auto", dryRun: false });
  assert.deepEqual(ran.params("import.apply"), {
    planId: "p1",
    names: SECRETS,
    rewrite: false,
    projectFile: false,
    replace: true,
  });
  const forced = await ov(["import", "-", "--yes", "--rewrite"], { ...ANSWER, "import.plan": plan });
  assert.deepEqual([forced.status, forced.params("import.apply")], [2, undefined]);
});

Deno.test("ov import of nothing says so and applies nothing", async () => {
  const plan = { ...PLAN, items: [], notes: [], warnings: [] };
  const ran = await ov(["import", "--yes"], { ...ANSWER, "import.plan": plan });
  assert.deepEqual([ran.status, ran.params("import.apply")], [0, undefined]);
  assert.match(ran.out, /Nothing to import/);
  const none = await ov(["import"], ANSWER, { terminal: true, replies: [[]] });
  assert.deepEqual([none.status, none.params("import.apply")], [0, undefined]);
});

Deno.test("ov import escapes names and reasons that a file chose", async () => {
  const plan = { ...PLAN, items: [{ ...item("A\x1b[2J", 1, "secret", "r\x1b]0;x\x07"), problem: "bad \x1b name" }] };
  const ran = await ov(["import", "--yes"], { ...ANSWER, "import.plan": plan });
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(ran.err + ran.out, /\x1b|\x07/);
});

Deno.test("ov import reports a failure and says nothing of success", async () => {
  const ran = await ov(["import", "--yes"], {
    ...ANSWER,
    "import.apply": failing("io/no-space", "Cannot import: full"),
  });
  assert.deepEqual([ran.status, ran.out], [1, ""]);
});
