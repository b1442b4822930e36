/** How the demo reaches `ov`: as a person at a shell, and as an agent over MCP. Both start the real program. */
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { ROOT } from "../process.ts";

/** Where the demo's user lives. */
export interface Home {
  /** `OV_HOME`: the vault is made here. */
  readonly vault: string;
  readonly project: string;
  readonly passwordFile: string;
}

/** What a person who is asked says; `null` is a client that can not ask anybody. */
export type Person = ((question: string) => "once" | "no") | null;

/** What `vault_run` gave: the result, or the refusal. */
export interface Answer {
  readonly result: { exit_code: number; stdout: string; stderr: string; masked_count: number } | null;
  readonly refusal: { code: string; message: string; hint?: string } | null;
}

/** An agent's connection to `ov mcp`. */
export interface Agent {
  /** Every message that the agent's side was sent, as JSON. */
  readonly heard: readonly string[];
  run(command: string[], secrets: string[]): Promise<Answer>;
  close(): Promise<void>;
}

function commandLine(args: readonly string[]): string[] {
  return ["run", "-q", "-P", "--no-prompt", "--config", join(ROOT, "deno.json"), join(ROOT, "main.ts"), ...args];
}

function environment(home: Home): Record<string, string> {
  const own = Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("OV_"));
  return { ...Object.fromEntries(own), OV_HOME: home.vault, NO_COLOR: "1" };
}

/** Runs `ov ARGS` in the project and gives its result. @throws Error with what it said where it fails */
export async function ov(home: Home, ...args: string[]): Promise<string> {
  return (await shown(home, ...args)).stdout;
}

/** {@link ov} with its remarks, which go to standard error. */
export async function shown(home: Home, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: commandLine([...args, "--password-file", home.passwordFile]),
    cwd: home.project,
    env: environment(home),
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(`ov ${args.join(" ")} ended with ${code}:\n${text.decode(stderr)}`);
  return { stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Starts `ov mcp` as an agent's client does. */
export async function startAgent(home: Home, person: Person): Promise<Agent> {
  const client = new Client({ name: "demo-agent", version: "1.0.0" }, {
    capabilities: person === null ? {} : { elicitation: { form: {} } },
  });
  if (person !== null) {
    client.setRequestHandler("elicitation/create", ({ params }) => {
      const answer = person(params.message);
      return answer === "no" ? { action: "decline" } : { action: "accept", content: { decision: answer } };
    });
  }
  const transport = new StdioClientTransport({
    command: Deno.execPath(),
    args: commandLine(["mcp", "--password-file", home.passwordFile]),
    cwd: home.project,
    env: environment(home),
    stderr: "inherit",
  });
  await client.connect(transport);
  const heard: string[] = [];
  const receive = transport.onmessage;
  transport.onmessage = (message) => {
    heard.push(JSON.stringify(message));
    receive?.(message);
  };
  return {
    heard,
    async run(command, secrets) {
      const { isError, structuredContent, content } = await client.callTool({
        name: "vault_run",
        arguments: { command, secrets },
      });
      if (isError !== true) return { result: structuredContent as unknown as Answer["result"], refusal: null };
      const [first] = content as { text: string }[];
      return { result: null, refusal: JSON.parse(first!.text).error };
    },
    close: () => client.close(),
  };
}
