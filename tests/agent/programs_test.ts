/**
 * Programs that people really keep on a terminal, in tmux under `ov run`: a database's client, a questionnaire, a server
 * with keys. Each is driven as a person would, and gets a secret that it then shows.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { peer, PEER_NODE, PEER_WRANGLER } from "../peers.ts";
import { Postgres, postgresPrograms } from "./postgres.ts";
import { hasProgram, hasTmux, Tmux } from "./tmux.ts";
import { AgentWorld, NAME, until } from "./world.ts";

const withTmux = await hasTmux();
const postgres = withTmux && await hasProgram("psql", "--version") ? await postgresPrograms() : null;
const withNpm = withTmux && await hasProgram("npm", "--version");
for (const [there, what] of [[withTmux, "tmux"], [postgres !== null, "PostgreSQL"], [withNpm, "npm"]]) {
  if (!there) console.warn(`tests/agent/programs_test.ts: no ${what} here, it was not tried`);
}

/** A window in which `ov` runs commands with a secret, through the agent or without one. */
async function opened(withAgent: boolean) {
  const agent = withAgent ? await AgentWorld.unlocked() : await AgentWorld.create();
  const tmux = await Tmux.open(agent.world);
  return {
    agent,
    tmux,
    run: (command: string, name = NAME, before = "") =>
      tmux.type(`${before} ov --password-file ${agent.world.passwordFile} run --secrets ${name} -- ${command}\n`),
    async [Symbol.asyncDispose]() {
      await tmux[Symbol.asyncDispose]();
      await agent[Symbol.asyncDispose]();
    },
  };
}

for (const [way, withAgent] of postgres === null ? [] : [["through the agent", true], ["without an agent", false]]) {
  Deno.test(`psql ${way} logs in with its secret, edits lines, pages, is interrupted and goes on, masked`, async () => {
    await using at = await opened(withAgent as boolean);
    const password = `pg-${crypto.randomUUID()}`;
    await using server = await Postgres.start(postgres!, password);
    const { agent: { world }, tmux } = at;
    const set = await world.ovUnlocked(["secret", "set", "PGPASSWORD", "--stdin"], { stdin: password });
    assert.equal(set.code, 0, set.stderr);
    await at.run(`psql --host ${server.folder} --username shop postgres`, "PGPASSWORD", "PAGER=more LESS=");
    await tmux.shows(/^postgres=# /m);

    // What the client shows of the password, and what the server does.
    await tmux.type("\\getenv said PGPASSWORD\nselect 'it is ' || :'said' as told;\n");
    const told = await tmux.shows(/it is \[ov:PGPASSWORD\]/);
    assert.ok(!told.includes(password), told);
    await tmux.type("\\x\nselect upper(:'said') as loud;\n");
    await tmux.shows(/RECORD 1[\s\S]*loud \| \[ov:PGPASSWORD\]/);
    await tmux.type("\\x\n");
    await tmux.shows(/Expanded display is off/);

    // Line editing and history.
    await tmux.type("lect 6 * 7 as edited;");
    await tmux.key("C-a");
    await tmux.type("se\n");
    await tmux.shows(/edited[\s\S]*42/);
    await tmux.type("\\! clear\n");
    // An empty screen but for the prompt: the line reader has the keys again.
    await tmux.shows(/^postgres=#\s*$/);
    await tmux.key("Up");
    await tmux.key("Up");
    await tmux.shows(/^postgres=# select 6 \* 7 as edited;$/m);
    await tmux.key("Enter");
    await tmux.shows(/edited[\s\S]*42/);

    // The pager.
    await tmux.type("select generate_series(1, 200) as n;\n");
    await tmux.shows(/--More--/);
    await tmux.type("q");
    await tmux.shows(/^postgres=# $/m);

    // The window's size, an interrupt that ends the query and not the program, and the end.
    await tmux.resize(90, 26);
    await tmux.type("\\! stty size\n");
    await tmux.shows(/26 90/);
    // The server says so in the middle of the query that is then interrupted.
    await tmux.type("do $$ begin raise notice 'be%', 'gun'; perform pg_sleep(100); end $$;\n");
    await tmux.shows(/begun/);
    await tmux.key("C-c");
    await tmux.shows(/canceling statement due to user request[\s\S]*postgres=# $/m);
    await tmux.type("select 'still ' || 'here' as now;\n");
    await tmux.shows(/still here/);
    await tmux.type("\\q\n");
    await tmux.shows(/ready> $/m);
    await tmux.type("echo status $?\n");
    await tmux.shows(/status 0/);
  });
}

if (withNpm) {
  Deno.test("npm init asks its questions, takes what is typed and corrected, and writes package.json", async () => {
    await using at = await opened(true);
    const { agent: { world }, tmux } = at;
    await at.run("npm init", NAME, "npm_config_update_notifier=false");
    await tmux.shows(/package name: \(project\) $/m);
    await tmux.type("my-shoq");
    await tmux.key("BSpace");
    await tmux.type("p\n");
    for (
      const [question, answer] of [
        ["version", "2.0.1"],
        ["description", "Sells things"],
        ["entry point", ""],
        ["test command", "node --test"],
        ["git repository", ""],
        ["keywords", "shop cart"],
        ["author", "Ada"],
        ["license", "MIT"],
      ]
    ) {
      await tmux.shows(new RegExp(`^${question}: (\\(.*\\) )?$`, "m"));
      await tmux.type(`${answer}\n`);
    }
    // Newer ones ask for the kind of modules too.
    if (/^type: /m.test(await tmux.shows(/^(type: .*|Is this OK\? \(yes\) )$/m))) await tmux.type("\n");
    await tmux.shows(/Is this OK\? \(yes\) $/m);
    await tmux.type("\n");
    await tmux.shows(/ready> $/m);
    const written = JSON.parse(await world.read("package.json"));
    assert.deepEqual(
      [written.name, written.version, written.description, written.scripts.test, written.keywords, written.license],
      ["my-shop", "2.0.1", "Sells things", "node --test", ["shop", "cart"], "MIT"],
    );
    // And the other way out.
    await tmux.type("clear\n");
    await at.run("npm init", NAME, "npm_config_update_notifier=false");
    await tmux.shows(/package name: /);
    await tmux.key("C-c");
    await tmux.shows(/ready> $/m);
    await tmux.type("echo still-$((40 + 2))\n");
    await tmux.shows(/still-42/);
  });
}

/** Processes that work in the world's project, by their programs' names. */
async function workersIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const cwd = await Deno.readLink(`/proc/${name}/cwd`).catch(() => "");
    if (cwd === folder) names.push((await Deno.readTextFile(`/proc/${name}/comm`).catch(() => "")).trim());
  }
  return names.filter((name) => /workerd|node|wrangler/i.test(name));
}

if (withNpm) {
  Deno.test("wrangler dev starts, serves, takes its keys and ends by one, and nothing of it is left", async () => {
    const packages = await peer({ wrangler: PEER_WRANGLER, node: PEER_NODE });
    await using at = await opened(true);
    const { agent: { world, value }, tmux } = at;
    await world.write(
      "wrangler.jsonc",
      JSON.stringify({ name: "shop", main: "worker.js", compatibility_date: "2025-01-01" }),
    );
    await world.write(
      "worker.js",
      `export default { fetch(request) { console.log("asked: " + request.url); return new Response("hello"); } };`,
    );
    // What [b] opens.
    await world.write("bin/browser", `#!/bin/sh\necho "$1" >${world.project}/opened\n`, 0o755);
    await tmux.type(
      `export PATH=${join(packages, "node_modules", ".bin")}:$PATH BROWSER=${world.project}/bin/browser\n`,
    );
    await tmux.type("export WRANGLER_SEND_METRICS=false CLOUDFLARE_CF_FETCH_ENABLED=false; clear\n");
    const dev = "wrangler dev --ip 127.0.0.1 --port 0 --inspector-port 0";
    for (const end of ["x", "C-c"]) {
      await at.run(dev);
      const started = await tmux.shows(/\[x\] to exit[\s\S]*Ready on http:\/\/127\.0\.0\.1:\d+/);
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(started)!;
      assert.equal(await (await fetch(`${address}/?token=${value}`)).text(), "hello");
      const asked = await tmux.shows(/asked: /);
      assert.ok(asked.includes(`token=[ov:${NAME}]`) && !asked.includes(value), asked);
      await tmux.key("b");
      const opened = () => world.read("opened").catch(() => "");
      await until("the browser was opened", async () => (await opened()) === `${address}/\n`);
      await tmux.key("c");
      await tmux.gone(/Ready on/);
      await tmux.resize(end === "x" ? 90 : 100, 30);
      await tmux.key(end);
      await tmux.shows(/ready> $/m);
      await until("nothing of it works any more", async () => (await workersIn(world.project)).length === 0);
      await tmux.type("clear\n");
      await tmux.gone(/Shutting down/);
    }
  });
}
