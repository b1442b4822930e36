import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  inputRequired,
  type InputRequiredResult,
  type JsonSchemaValidator,
  type jsonSchemaValidator,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { OvError } from "../base/mod.ts";
import type { Consent, ConsentAnswer, PageOpened, Progress } from "../keeper/protocol.ts";
import { type ConsentForm, consentForm, decisionOf } from "./consent_form.ts";
import { visible } from "./quote.ts";
import { type CallResult, toCallResult, toErrorResult } from "./results.ts";
import type { McpSession, ToolCall, ToolOutcome } from "./session.ts";
import { findTool, TOOLS } from "./tools.ts";

/** How long the form waits for a person. */
const ANSWER_TIMEOUT_MS = 10 * 60 * 1_000;
/** How often one call may ask: what is asked about may change while the person reads. */
const MAX_QUESTIONS = 3;
/** Key of the question in a round of 2026-07-28. */
const CONSENT_KEY = "consent";
/** Key of the page in a round of 2026-07-28. */
const PAGE_KEY = "page";
/** The list never changes while one version of `ov` runs. */
const LIST_CACHE = { ttlMs: 3_600_000, cacheScope: "public" } as const;

const INSTRUCTIONS = "OpaqueVault runs commands with the user's secrets without showing the secrets to you. " +
  "Use vault_run instead of reading .env or .dev.vars files, and never ask the user for a value. " +
  "Names of secrets come from vault_list_secrets; vault_status tells why something was refused.";

/** The SDK would compile a validator for the form; `decisionOf` takes nothing but the offered words. */
const TAKES_ANYTHING: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    return (value) => ({ valid: true, data: value as T, errorMessage: undefined });
  },
};

/** What the server is made with. */
export interface ServerSettings {
  /** `legacy`: 2025-11-25 and before; `modern`: 2026-07-28. */
  readonly era: "legacy" | "modern";
  readonly version: string;
}

/**
 * One connection's server, for either era.
 *
 * The SDK's low-level class and not `McpServer`: validation errors of the latter quote what came in, and span lines.
 */
export function createServer(session: McpSession, settings: ServerSettings): Server {
  const server = new Server(
    { name: "opaquevault", title: "OpaqueVault", version: settings.version },
    {
      capabilities: { tools: {} },
      instructions: INSTRUCTIONS,
      cacheHints: { "tools/list": LIST_CACHE, "server/discover": LIST_CACHE },
      inputRequired: { legacyShim: false },
      jsonSchemaValidator: TAKES_ANYTHING,
    },
  );
  server.setRequestHandler("tools/list", () => ({ tools: structuredClone(TOOLS) as never }));
  server.setRequestHandler("tools/call", async (request, context) => {
    const tool = findTool(request.params.name);
    if (tool === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Unknown tool");
    const peer = settings.era === "modern" ? modernPeer(context) : legacyPeer(server, context);
    const call: ToolCall = {
      tool,
      args: request.params.arguments ?? {},
      canAsk: peer.canAsk,
      canOpen: peer.canOpen,
      client: peer.client,
      signal: context.mcpReq.signal,
      ...progressOf(context),
    };
    try {
      return await serve(session, call, peer);
    } catch (error) {
      return toErrorResult(error);
    }
  });
  return server;
}

/** The other side of one request. */
interface Peer {
  readonly canAsk: boolean;
  readonly canOpen: boolean;
  readonly client: string;
  /** The answer that the request itself brings. */
  readonly answer: ConsentAnswer | undefined;
  readonly opened: PageOpened | undefined;
  /** Puts a question: to the user and back, or as the result of the request. */
  ask(form: ConsentForm, consent: Consent, state: string): Promise<ConsentAnswer> | InputRequiredResult;
  /** Has the user open a page, likewise. What happens there is between the user and the keeper. */
  open(page: Page): Promise<PageOpened> | InputRequiredResult;
  /** The page was answered, or is of no use any more. */
  closed(page: PageOpened): void;
}

type Page = Extract<ToolOutcome, { kind: "open" }>;

async function serve(session: McpSession, call: ToolCall, peer: Peer): Promise<CallResult | InputRequiredResult> {
  let { answer, opened } = peer;
  let { canAsk } = call;
  for (let questions = 0;; questions++) {
    const outcome = await callOnce(session, {
      ...call,
      canAsk,
      ...(answer === undefined ? {} : { answer }),
      ...(opened === undefined ? {} : { opened }),
    }, peer);
    if (outcome.kind === "done") return toCallResult(outcome.result);
    const form = outcome.kind === "open" ? undefined : consentForm(outcome.consent);
    if (form === null) {
      // Nobody can judge it in a form: as if there were none, which leaves it to `ov approve`.
      canAsk = false;
      answer = undefined;
      continue;
    }
    if (questions === MAX_QUESTIONS) {
      throw new OvError("policy/denied", `Cannot serve ${call.tool.name}: what is asked about does not come to rest`, {
        hint: "Let the files that the command loads stay as they are, then try again.",
      });
    }
    if (outcome.kind === "open") {
      const opening = peer.open(outcome);
      if (!(opening instanceof Promise)) return opening;
      opened = await opening;
      continue;
    }
    const asked = peer.ask(form!, outcome.consent, outcome.state);
    if (!(asked instanceof Promise)) return asked;
    answer = await asked;
  }
}

/** One call, and the word to the client that the page which it waited for is done with. */
async function callOnce(session: McpSession, call: ToolCall, peer: Peer): Promise<ToolOutcome> {
  try {
    return await session.call(call);
  } finally {
    if (call.opened !== undefined) peer.closed(call.opened);
  }
}

/** 2025-11-25 and before: the form goes to the client while the call waits. */
function legacyPeer(server: Server, context: ServerContext): Peer {
  return {
    canAsk: asksByForm(server.getClientCapabilities()?.elicitation),
    canOpen: server.getClientCapabilities()?.elicitation?.url !== undefined,
    client: clientName(server.getClientVersion()),
    answer: undefined,
    opened: undefined,
    async open({ id, address, message }) {
      const options = { timeout: ANSWER_TIMEOUT_MS, signal: context.mcpReq.signal };
      try {
        const params = { mode: "url", elicitationId: id, url: address, message } as const;
        const { action } = await context.mcpReq.elicitInput(params, options);
        return { id, declined: action !== "accept" };
      } catch {
        return { id, declined: true };
      }
    },
    closed: ({ id }) => void server.createElicitationCompletionNotifier(id)().catch(() => {}),
    async ask(form, consent, state) {
      const options = { timeout: ANSWER_TIMEOUT_MS, signal: context.mcpReq.signal };
      try {
        const response = await context.mcpReq.elicitInput({ mode: "form", ...form }, options);
        return { state, decision: decisionOf(response, consent.choices) };
      } catch {
        // No answer (time is up, the client failed, the call was cancelled) is a refusal.
        return { state, decision: "deny" };
      }
    },
  };
}

/** 2026-07-28: the form is the result, and the client sends the call again with the answer and the state. */
function modernPeer(context: ServerContext): Peer {
  const { inputResponses } = context.mcpReq;
  const envelope: Readonly<Record<string, unknown>> = context.mcpReq.envelope ?? {};
  const capabilities = envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  const state = context.mcpReq.requestState();
  const response = inputResponses?.[CONSENT_KEY];
  const answered = typeof state === "string" && typeof response === "object" && response !== null;
  const opening = inputResponses?.[PAGE_KEY] as { readonly action?: unknown } | undefined;
  return {
    canAsk: asksByForm(capabilities?.elicitation),
    canOpen: capabilities?.elicitation?.url !== undefined,
    client: clientName(envelope[CLIENT_INFO_META_KEY] as Implementation | undefined),
    // The keeper sealed the state, bound it to these very parameters, and takes it once; here it is opaque.
    answer: answered ? { state, decision: decisionOf(response) } : undefined,
    opened: typeof state === "string" && opening !== undefined
      ? { id: state, declined: opening?.action !== "accept" }
      : undefined,
    open: ({ id, address, message }) =>
      inputRequired({
        inputRequests: { [PAGE_KEY]: inputRequired.elicitUrl({ url: address, message }) },
        requestState: id,
      }),
    closed: () => {},
    ask: (form, _consent, state) =>
      inputRequired({
        inputRequests: { [CONSENT_KEY]: inputRequired.elicit({ mode: "form", ...form }) },
        requestState: state,
      }),
  };
}

/** Whether the capability allows forms: named, or none named, which meant forms before there were modes. */
function asksByForm(elicitation: ClientCapabilities["elicitation"]): boolean {
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

function clientName(info: Implementation | undefined): string {
  return info === undefined ? "unknown" : visible(`${info.name} ${info.version}`).slice(0, 100);
}

/** Progress notifications, where the client gave a token for them. */
function progressOf(context: ServerContext): Pick<ToolCall, "onProgress"> {
  const progressToken = context.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return {};
  let last = 0;
  return {
    onProgress: ({ elapsedMs, outputBytes }: Progress) => {
      const progress = elapsedMs / 1_000;
      // It must increase with each notification.
      if (progress <= last || context.mcpReq.signal.aborted) return;
      last = progress;
      const message = `Running for ${Math.floor(progress)} s, ${outputBytes} bytes of output`;
      context.mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, message } })
        .catch(() => {});
    },
  };
}
