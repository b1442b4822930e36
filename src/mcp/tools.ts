import { MAX_SECRET_NAME_LENGTH } from "../base/mod.ts";
import type { ObjectSchema, Schema } from "./schema.ts";

/** A tool as `tools/list` shows it. `tests/pins/mcp_tools.json` holds the whole list as a literal. */
export interface Tool {
  readonly name: ToolName;
  readonly title: string;
  /** Under 2 KB: one widely used client cuts there. */
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  readonly outputSchema: ObjectSchema;
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}

/** Names of the tools, in the order in which they are listed. */
export type ToolName =
  | "vault_run"
  | "vault_list_secrets"
  | "vault_secret_exists"
  | "vault_create_secret"
  | "vault_update_secret"
  | "vault_delete_secret"
  | "vault_status";

/** Seconds that `vault_run` gives a command. */
export const RUN_TIMEOUT_SECONDS = { default: 300, maximum: 86_400 } as const;

const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false } as const;

const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0 } as const;
const strings = { type: "array", items: text } as const;

const secretName = {
  type: "string",
  pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
  maxLength: MAX_SECRET_NAME_LENGTH,
  description: "Name of the secret, like STRIPE_SECRET_KEY.",
} as const;

const generate = {
  type: "object",
  description: "Generate a random value inside the vault. Leave it out for a value that only the user has.",
  properties: {
    length: { type: "integer", minimum: 8, maximum: 1024, default: 32, description: "Number of characters." },
    charset: {
      type: "string",
      enum: ["alphanumeric", "hex", "base64url", "ascii"],
      default: "alphanumeric",
      description: "Characters of the value.",
    },
  },
  additionalProperties: false,
} as const satisfies Schema;

const context = {
  app: { type: "string", description: "App that the secrets belong to." },
  env: { type: "string", description: "Environment of the app." },
} as const;

function input(properties: Record<string, Schema>, required: readonly string[]): ObjectSchema {
  return { type: "object", properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false };
}

/** A result: every field is there, but for those named as optional. */
function output(properties: Record<string, Schema>, optional: readonly string[] = []): ObjectSchema {
  return input(properties, Object.keys(properties).filter((name) => !optional.includes(name)));
}

/** The tools, in a fixed order (2026-07-28 asks for one). */
export const TOOLS: readonly Tool[] = [
  {
    name: "vault_run",
    title: "Run a command with secrets",
    description:
      "Runs one program with secrets of the user's vault in its environment, and returns its exit code and " +
      "output. You never see a value: in the output each one is replaced by [ov:NAME], in any encoding, so printing a " +
      "secret is of no use; run the program that needs it.\n" +
      "- `command` is the program and its arguments, one string each. There is no shell: no pipes, no `$NAME`, no `&&`. " +
      "The program reads the secret from its environment.\n" +
      "- `secrets` names what the program needs, and no more; vault_list_secrets tells the names.\n" +
      "- The user may be asked first. Prefer a script file over inline code: approvals are bound to the exact command " +
      "and to the content of the files that it names, and inline code (`-e`, `-c`) is asked about every time.\n" +
      "- An exit code other than 0 is a normal result: read stdout and stderr. Standard input is closed.\n" +
      "- An error `policy/approval-required` or `vault/locked` says what the user has to do, on a page or in a terminal; tell " +
      "the user, and call again afterwards.",
    inputSchema: input({
      command: {
        type: "array",
        items: text,
        minItems: 1,
        description: 'Program and arguments as a list, like ["node", "scripts/test-stripe-webhook.js"].',
      },
      secrets: {
        type: "array",
        items: secretName,
        description: 'Names of the secrets to put into the environment, like ["STRIPE_SECRET_KEY"].',
      },
      work_dir: {
        type: "string",
        minLength: 1,
        description: "Directory to run in. Default: the directory that the server was started in.",
      },
      timeout_seconds: {
        type: "integer",
        minimum: 1,
        maximum: RUN_TIMEOUT_SECONDS.maximum,
        default: RUN_TIMEOUT_SECONDS.default,
        description: "Seconds after which the command is ended.",
      },
    }, ["command", "secrets"]),
    outputSchema: output({
      exit_code: { type: "integer", description: "The command's own; 128 + n where signal n ended it." },
      signal: { type: "string", description: "Name of the signal that ended it, if one did." },
      stdout: { type: "string", description: "Standard output, masked." },
      stderr: { type: "string", description: "Standard error, masked." },
      secrets_injected: { ...strings, description: "Names of the secrets that the command got." },
      masked_count: { ...count, description: "How many places of the output were masked." },
      timed_out: { type: "boolean", description: "Whether it was ended because its time was up." },
      truncated: { type: "boolean", description: "Whether the middle of the output was left out." },
      warnings: { ...strings, description: "What the user should know about this run." },
    }, ["signal", "warnings"]),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  },
  {
    name: "vault_list_secrets",
    title: "List secrets",
    description:
      "Lists the names of the secrets of the current app and environment, when each was changed, whether it " +
      "can be masked in output, and which commands the user has approved for it. Never a value.",
    inputSchema: input({}, []),
    outputSchema: output({
      ...context,
      secrets: {
        type: "array",
        items: output({
          name: text,
          version: count,
          created_at: { type: "string", description: "ISO 8601, UTC." },
          updated_at: { type: "string", description: "ISO 8601, UTC." },
          maskable: { type: "boolean", description: "False where the value is too short or too common to be masked." },
          grants: { ...strings, description: "Commands that the user has approved for it." },
        }),
      },
    }),
    annotations: READS,
  },
  {
    name: "vault_secret_exists",
    title: "Check whether a secret exists",
    description: "Tells whether a secret of that name exists in the current app and environment.",
    inputSchema: input({ name: secretName }, ["name"]),
    outputSchema: output({ exists: { type: "boolean" }, ...context }),
    annotations: READS,
  },
  {
    name: "vault_create_secret",
    title: "Create a secret",
    description: "Creates a secret. There is no field for a value: with `generate`, a random one is made inside the " +
      "vault; without it, the user enters theirs on a page that the vault opens, or in a terminal. Never ask the user to " +
      "tell you a value.",
    inputSchema: input({ name: secretName, generate }, ["name"]),
    outputSchema: output({ name: text, version: count }),
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  },
  {
    name: "vault_update_secret",
    title: "Replace a secret's value",
    description:
      "Gives a secret a new value; the old versions are kept. There is no field for a value: with `generate`, " +
      "a random one is made inside the vault once the user has agreed; without it, the user enters " +
      "theirs on a page that the vault opens, or in a terminal. Never ask the user to tell you a value.",
    inputSchema: input({ name: secretName, generate }, ["name"]),
    outputSchema: output({ name: text, version: count }),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  },
  {
    name: "vault_delete_secret",
    title: "Delete a secret",
    description:
      "Deletes a secret once the user has agreed. It can be brought back for 30 days with `ov secret restore`.",
    inputSchema: input({ name: secretName }, ["name"]),
    outputSchema: output({ name: text, recoverable_until: { type: "string", description: "ISO 8601, UTC." } }),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  },
  {
    name: "vault_status",
    title: "Show the vault's status",
    description:
      "Shows whether the vault is unlocked, which app and environment are used and what decided that, what " +
      "the user's policy is, and what has happened in this session. Call it when another tool was refused.",
    inputSchema: input({}, []),
    outputSchema: output({
      unlocked: { type: "boolean" },
      authorized: {
        type: "boolean",
        description: "Whether the user has authorized this connection, so that it can be asked for consent.",
      },
      ...context,
      app_from: { type: "string", description: "What decided the app." },
      env_from: { type: "string", description: "What decided the environment." },
      project_file: { type: "string", description: "The .ov.yaml that was found." },
      project_secrets: { ...strings, description: "Names that .ov.yaml offers." },
      mode: {
        type: "string",
        enum: ["ask", "listed", "open"],
        description: "ask: the user is asked; listed: only what was approved beforehand; open: any command.",
      },
      session_age_seconds: count,
      runs: count,
      denied: count,
      interceptor: {
        type: "string",
        enum: ["block", "warn"],
        description: "block: calls that hold a secret are refused; warn: they are let through and recorded.",
      },
      intercepted: { ...count, description: "Calls that were refused because an argument held a secret." },
      warned: { ...count, description: "Calls that held a secret and were let through." },
      masked: { ...count, description: "Places that were masked in output." },
      allowed: { ...strings, description: "What was allowed in this session." },
    }, ["project_file", "mode", "interceptor", "warned"]),
    annotations: READS,
  },
];

/** The tool of that name, or `undefined`. */
export function findTool(name: string): Tool | undefined {
  return TOOLS.find((tool) => tool.name === name);
}
