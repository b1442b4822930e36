/**
 * `deno task demo`: see it work, in a few seconds and in a folder that goes away. A project with plaintext secrets is moved
 * in; an agent runs its script with a key that it never meets; what it tries beside is refused. Everything is done by the
 * real `ov`, and the table at the end says only what was looked at; it exits with 1 where a line of it is not as it should.
 */
import { join } from "node:path";
import { writeProject } from "./project.ts";
import { type Answer, type Home, ov, startAgent } from "./ov.ts";

/** One line of the table at the end. */
interface Finding {
  readonly text: string;
  readonly ok: boolean;
}

function step(number: number, title: string): void {
  console.log(`\n${number}. ${title}\n`);
}

function show(text: string, mark = "|"): void {
  for (const line of text.trimEnd().split("\n")) console.log(`   ${mark} ${line}`.trimEnd());
}

function showAnswer({ result, refusal }: Answer): void {
  if (refusal !== null) {
    return show([`refused (${refusal.code}): ${refusal.message}`, refusal.hint ?? ""].join("\n"));
  }
  show(`exit code ${result!.exit_code}, ${result!.masked_count} places masked\n${result!.stdout}${result!.stderr}`);
}

/** Each value in the spellings that a look for it should find. */
function spellings(values: readonly string[]): string[] {
  return values.flatMap((value) => {
    const bytes = new TextEncoder().encode(value);
    // Without the last characters, which depend on what follows.
    return [value, bytes.toBase64().replace(/.{0,3}=*$/, ""), bytes.toHex(), JSON.stringify(value).slice(1, -1)];
  });
}

async function filesBelow(folder: string): Promise<{ name: string; text: string }[]> {
  const found: { name: string; text: string }[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) found.push(...await filesBelow(path));
    else if (entry.isFile) {
      found.push({ name: path, text: new TextDecoder("latin1").decode(await Deno.readFile(path)) });
    }
  }
  return found;
}

async function demo(folder: string): Promise<Finding[]> {
  const home: Home = {
    vault: join(folder, "vault"),
    project: join(folder, "my-worker"),
    passwordFile: join(folder, "password"),
  };
  await Deno.mkdir(home.project);
  await Deno.writeTextFile(home.passwordFile, crypto.randomUUID(), { mode: 0o600 });
  const devVars = join(home.project, ".dev.vars");

  step(1, "A project with its secrets in plain text (made up, in a folder that goes away): .dev.vars");
  const values = Object.values(await writeProject(home.project));
  show(await Deno.readTextFile(devVars));

  step(2, "Move them into a vault: ov init, ov import .dev.vars");
  await ov(home, "init");
  show(await ov(home, "import", ".dev.vars", "--yes", "--app", "my-worker"));

  step(3, "What is left of .dev.vars: nothing that an agent should not read");
  const left = await Deno.readTextFile(devVars);
  show(left);

  step(4, 'An agent, over MCP: vault_run(["node", "scripts/test-stripe-webhook.js"], ["STRIPE_SECRET_KEY"])');
  const questions: string[] = [];
  let says: "once" | "no" = "once";
  const agent = await startAgent(home, (question) => {
    questions.push(question);
    console.log("   You are asked, and choose", says === "once" ? "“once”:" : "no:");
    show(question, "?");
    return says;
  });
  const webhook = await agent.run(["node", "scripts/test-stripe-webhook.js"], ["STRIPE_SECRET_KEY"]);
  console.log("   The agent sees:");
  showAnswer(webhook);

  step(5, 'The agent tries vault_run(["printenv"], ["STRIPE_SECRET_KEY"]); you say no');
  says = "no";
  const printenv = await agent.run(["printenv"], ["STRIPE_SECRET_KEY"]);
  console.log("   The agent sees:");
  showAnswer(printenv);
  await agent.close();

  step(6, "Another program, by a client that has no way to ask you");
  const silent = await startAgent(home, null);
  const other = await silent.run(["node", "scripts/look-around.js"], ["DATABASE_URL"]);
  console.log("   The agent sees:");
  showAnswer(other);
  await silent.close();

  const forms = spellings(values);
  const holds = (text: string) => forms.some((form) => text.includes(form));
  const heard = [...agent.heard, ...silent.heard];
  const vaultFiles = await filesBelow(home.vault);
  const projectFiles = await filesBelow(home.project);
  const stdout = webhook.result?.stdout ?? "";
  return [
    {
      text: `the vault's ${vaultFiles.length} files hold none of the 3 values`,
      ok: !vaultFiles.some((f) => holds(f.text)),
    },
    { text: "no file of the project holds one", ok: !projectFiles.some((file) => holds(file.text)) },
    {
      text: ".dev.vars keeps its settings",
      ok: /^ENVIRONMENT=development$/m.test(left) && /^LOG_LEVEL=debug$/m.test(left),
    },
    { text: "the script ran with the real key: its signature is valid", ok: stdout.includes("signature is valid") },
    {
      text: `the key that it printed was masked, ${webhook.result?.masked_count ?? 0} times`,
      ok: webhook.result?.masked_count === 2 && stdout.includes("[ov:STRIPE_SECRET_KEY]"),
    },
    { text: "you were asked before each of the two commands", ok: questions.length === 2 },
    { text: "printenv, which you refused, did not run", ok: printenv.refusal?.code === "policy/denied" },
    {
      text: "the program that nobody allowed did not run",
      ok: other.refusal?.code === "policy/approval-required" &&
        !projectFiles.some(({ name }) => name.endsWith("it-ran")),
    },
    {
      text: `of ${heard.length} messages to the agent, none holds a value`,
      ok: heard.length > 3 && !heard.some(holds),
    },
  ];
}

const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "ov-demo-" }));
try {
  const findings = await demo(folder);
  console.log("\nWhat happened:\n");
  for (const { text, ok } of findings) console.log(`   ${ok ? "yes" : "NO "}  ${text}`);
  if (!findings.every(({ ok }) => ok)) Deno.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exitCode = 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}
