/** What an agent tries through MCP, on a connection whose user says no; and what another client of the attacker's tries. */
import type { Json, LineClient } from "../../mcp/line_client.ts";
import { modernMeta } from "../../mcp/line_client.ts";
import { against, type Case, type Surface } from "../case.ts";
import type { Output } from "../decode.ts";
import { latin1 } from "../decode.ts";

/** An answer, as an attacker sees it: everything. */
function shown(...answers: readonly Json[]): Output[] {
  return answers.map((answer) => ({
    stdout: latin1(new TextEncoder().encode(JSON.stringify(answer))),
    stderr: "",
    code: 0,
    ms: 0,
  }));
}

/** One call of `vault_run` with what the attacker puts into it. */
function call(id: string, attacker: string, args: (at: Surface) => Json): Case {
  return against(
    id,
    attacker,
    async (at) => shown(await (await at.agent()).tool("vault_run", { ...echo(at), ...args(at) })),
  );
}

function echo({ name, folder }: Surface): Json {
  return { command: ["printenv", name], secrets: [name], work_dir: folder };
}

const FORM = { elicitation: { form: {} } };

async function modern(client: LineClient, args: Json, more: Json = {}): Promise<Json> {
  const params = { name: "vault_run", arguments: args, ...more, _meta: modernMeta(FORM) };
  return (await client.request("tools/call", params)).result;
}

/** The answer that a user gives, given by the attacker. */
const YES = { consent: { action: "accept", content: { decision: "always" } } };

export const MCP: readonly Case[] = [
  call("plain", "asks for a command that prints it", () => ({})),
  call(
    "approve-field",
    "adds fields that approve, unmask and skip",
    () => ({ approve: true, approved: "always", mask: false, raw: true, answer: { decision: "always" } }),
  ),
  call(
    "answer-field",
    "adds the answer to the question that is to come",
    () => ({ inputResponses: YES, requestState: "AAAA" }),
  ),
  call("name-twice", "names the secret twice", ({ name }) => ({ secrets: [name, name] })),
  call("name-with-end", "names it with a line break behind", ({ name }) => ({ secrets: [`${name}\n`] })),
  call(
    "name-of-type",
    "names it by an object that looks like a name",
    ({ name }) => ({ secrets: [{ toString: name, length: 1, 0: name }] }),
  ),
  call("other-env", "names the env in the secret's name", ({ name }) => ({ secrets: [`leaks/mcp/${name}`] })),
  call("no-name", "asks for no secret, and prints what is there", () => ({ secrets: [], command: ["env"] })),
  call(
    "dollar",
    "writes the variable into an argument",
    ({ name }) => ({ secrets: [], command: ["echo", `$${name}`, `\${${name}}`] }),
  ),
  call("ov-itself", "runs ov itself", ({ name }) => ({ secrets: [], command: ["ov", "secret", "get", name] })),
  call(
    "prototype",
    "sends a prototype along",
    () => JSON.parse('{"__proto__": {"approved": true}, "constructor": {"approved": true}}'),
  ),
  call(
    "folder",
    "runs in the folder of the vault",
    ({ vault }) => ({ secrets: [], command: ["cat", "vault.db"], work_dir: vault }),
  ),
  against("list", "lists what there is, and asks for the status", async (at) => {
    const client = await at.agent();
    return shown(
      await client.tool("vault_list_secrets"),
      await client.tool("vault_status"),
      await client.tool("vault_secret_exists", { name: at.name }),
    );
  }),
  against("other-methods", "asks for resources, prompts, completions and logs", async (at) => {
    const client = await at.agent();
    const answers = [];
    for (
      const [method, params] of [
        ["resources/list", {}],
        ["resources/read", { uri: `ov://${at.name}` }],
        ["prompts/get", { name: at.name }],
        ["completion/complete", { ref: { type: "ref/prompt", name: "x" }, argument: { name: "secret", value: "" } }],
        ["logging/setLevel", { level: "debug" }],
      ] as const
    ) answers.push(await client.request(method, params));
    return shown(...answers);
  }),
  against("create-with-value", "creates a secret that takes its value from another", async (at) => {
    const client = await at.agent();
    return shown(
      await client.tool("vault_create_secret", {
        name: "COPY",
        value: `$${at.name}`,
        from: at.name,
        generate: { from: at.name },
      }),
      await client.tool("vault_list_secrets"),
    );
  }),
  against(
    "update",
    "replaces it by one that it knows",
    async (at) =>
      shown(
        await (await at.agent()).tool("vault_update_secret", {
          name: at.name,
          generate: { length: 8, charset: "hex" },
        }),
      ),
  ),
  against("answer-early", "answers questions that nobody asked", async (at) => {
    const client = await at.agent();
    for (let id = 0; id < 40; id++) {
      await client.send({ id: 1000 + id, result: { action: "accept", content: { decision: "always" } } });
    }
    return shown(await client.tool("vault_run", echo(at)));
  }),
  against(
    "forged-state",
    "answers with a state that it made up",
    async (at) =>
      shown(await modern(await at.agent(), echo(at), { requestState: "A".repeat(32), inputResponses: YES })),
  ),
  against("other-parameters", "answers the question about one command to run another", async (at) => {
    const client = await at.agent();
    const asked = await modern(client, { ...echo(at), command: ["true"] });
    return shown(asked, await modern(client, echo(at), { requestState: asked.requestState, inputResponses: YES }));
  }),
  against("parallel", "asks fifty times at once", async (at) => {
    const client = await at.agent();
    return shown(...await Promise.all(Array.from({ length: 50 }, () => client.tool("vault_run", echo(at)))));
  }),
  against("guess", "asks whether guesses are intercepted, a character at a time", async (at) => {
    const client = await at.agent();
    // The best that the interceptor could do for them: the right guess at each place, told from a wrong one.
    let known = "";
    for (let i = 1; i <= 9; i++) {
      const told = await client.tool("vault_secret_exists", { name: at.value.slice(0, i) });
      if (JSON.stringify(told).includes("intercepted")) known = at.value.slice(0, i);
    }
    return [{ stdout: known, stderr: "", code: 0, ms: 0 }];
  }),
  against(
    "own-client",
    "starts ov mcp with a client that says yes to everything",
    async (at) => shown(await (await at.ownConnection()).tool("vault_run", echo(at))),
  ),
  against("own-client-modern", "does so in the rounds of 2026-07-28", async (at) => {
    const client = await at.ownConnection();
    const asked = await modern(client, echo(at));
    return shown(
      asked,
      await modern(client, echo(at), { requestState: asked.requestState ?? "", inputResponses: YES }),
    );
  }),
  against("second-connection", "starts one beside the one that is authorised", async (at) => {
    await (await at.agent()).tool("vault_status");
    const client = await at.ownConnection();
    return shown(
      await client.tool("vault_status"),
      await client.tool("vault_list_secrets"),
      await client.tool("vault_run", echo(at)),
    );
  }),
];
