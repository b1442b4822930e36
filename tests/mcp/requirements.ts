/**
 * What `ov mcp` must do, each with where it is said and the test that holds it. `requirements_test.ts` fails where the
 * test is gone. `2025-11-25` and `2026-07-28` are revisions of the Model Context Protocol's specification.
 */
export interface Requirement {
  readonly source: string;
  readonly must: string;
  /** File in this folder, and the test's name in it; for a test that runs for each client, as it is written, and which. */
  readonly test: readonly [file: string, name: string, client?: string];
}

const FOR_EACH_CLIENT = "$" + "{name} lists the pinned tools and takes every result";

export const REQUIREMENTS: readonly Requirement[] = [
  // The wire.
  {
    source: "2025-11-25 basic/transports#stdio: messages are delimited by newlines, MUST NOT contain embedded newlines",
    must: "one message per line",
    test: ["transport_test.ts", "StdioTransport.send() writes one line for any text"],
  },
  {
    source: "2025-11-25 basic/transports#stdio: the server MUST NOT write anything to its stdout that is not a message",
    must: "nothing on stdout but messages",
    test: ["stdio_test.ts", "serveMcp() writes one message per line to stdout and nothing else"],
  },
  {
    source: "2025-11-25 basic/lifecycle#shutdown: the client closes the input stream and waits for the server to exit",
    must: "exit 0 when stdin closes",
    test: [
      "stdio_test.ts",
      "serveMcp() ends with 0 when stdin closes: at once, after the handshake, and in the middle of a run",
    ],
  },
  {
    source: "JSON-RPC 2.0 §5.1: -32700 for what is not JSON, -32600 for what is not a request",
    must: "answer a broken line and go on",
    test: ["stdio_test.ts", "serveMcp() goes on after garbage and after a huge line"],
  },
  {
    source: "DESIGN §7: only HOME, LOGNAME, PATH, SHELL, TERM and USER can be counted on; §2: the front may do nothing",
    must: "work without permissions and with six variables",
    test: ["stdio_test.ts", "serveMcp() needs no permission and no variable but those that every client passes"],
  },
  // The handshake and the eras.
  {
    source:
      "2025-11-25 basic/lifecycle#initialization: the server MUST respond with its own capabilities and information",
    must: "answer initialize",
    test: ["server_test.ts", "2025-11-25: initialize names the server and what it can do"],
  },
  {
    source: "2026-07-28 server/discover: servers MUST answer server/discover; there is no initialize",
    must: "answer discover without a handshake",
    test: ["server_test.ts", "2026-07-28: server/discover answers without a handshake"],
  },
  {
    source: "FIELD: slow starts (0.5 to 2.8 s) break an MCP handshake",
    must: "answer the handshake while the vault is being unlocked",
    test: ["server_test.ts", "initialize and tools/list are answered while the vault is still being unlocked"],
  },
  {
    source: "issue 3 §7: the v1 SDK client",
    must: "serve it",
    test: ["clients_test.ts", FOR_EACH_CLIENT, "the v1 client"],
  },
  {
    source: "issue 3 §7: the v2 client in both eras",
    must: "serve it as a client of 2025-11-25",
    test: ["clients_test.ts", FOR_EACH_CLIENT, "the v2 client of 2025-11-25"],
  },
  {
    source: "issue 3 §7: the v2 client in both eras",
    must: "serve it as a client of 2026-07-28",
    test: ["clients_test.ts", FOR_EACH_CLIENT, "the v2 client of 2026-07-28"],
  },
  {
    source: "issue 3 §7: the Inspector",
    must: "serve it",
    test: ["inspector_test.ts", "the Inspector lists the pinned tools and finds no problem of portability"],
  },
  // The tools.
  {
    source: "DESIGN §7: the table of tools",
    must: "exactly seven tools",
    test: ["tools_test.ts", "TOOLS are the seven of the design, in its order"],
  },
  {
    source: "STYLE (pins): exact literals never imported from the source",
    must: "tools/list as pinned",
    test: ["server_test.ts", "2025-11-25: tools/list is the pinned literal"],
  },
  {
    source: "2026-07-28 server/tools: tools/list in a deterministic order, with ttlMs and cacheScope",
    must: "tools/list in a fixed order, with ttlMs and cacheScope",
    test: ["server_test.ts", "2026-07-28: tools/list is the pinned literal with how long and by whom it may be cached"],
  },
  {
    source: "DESIGN §7, FIELD: schemas with combinators make a client reject a tool",
    must: "no combinators",
    test: ["tools_test.ts", "TOOLS hold no combinator, no reference and no list of types, at any depth"],
  },
  {
    source: "DESIGN §7, FIELD: descriptions are cut at 2 KB",
    must: "descriptions under 2 KB",
    test: ["tools_test.ts", "TOOLS have descriptions under 2 KB"],
  },
  {
    source: "issue 3 §7: no value in, no value out",
    must: "no field for a value",
    test: ["tools_test.ts", "TOOLS take no value and hand out none"],
  },
  {
    source: "2025-11-25 server/tools#structured-content: SHOULD also return the serialized JSON in a TextContent block",
    must: "structured content repeated as text, conforming to the output schema",
    test: ["server_test.ts", "a result is structured and the same as text"],
  },
  {
    source: "2025-11-25 server/tools#error-handling: input validation errors are tool execution errors (SEP-1303)",
    must: "failed validation is a tool error",
    test: ["server_test.ts", "failed input validation is a tool error in both eras"],
  },
  {
    source: "2025-11-25 server/tools#error-handling: unknown tools are protocol errors (-32602)",
    must: "an unknown tool is a protocol error",
    test: ["server_test.ts", "an unknown tool is a protocol error that does not repeat the name"],
  },
  {
    source: "DESIGN §7: errors are tool errors with a stable code and one line that says what the user must do",
    must: "code, message and hint on one line",
    test: ["server_test.ts", "the keeper's refusal is a tool error: one line with code, message and hint"],
  },
  {
    source: "DESIGN §5: the exit status is the child's",
    must: "a failing command is a result",
    test: ["server_test.ts", "a command that fails is a result and not an error"],
  },
  // What must not leak.
  {
    source: "DESIGN §7: the interceptor looks at every inbound argument",
    must: "refuse a recognised secret in any string",
    test: ["interceptor_test.ts", "intercept() refuses a recognised secret in any string, and names field and rule"],
  },
  {
    source: "STYLE (errors): a message quotes names and never values",
    must: "repeat nothing that came in",
    test: ["server_test.ts", "no answer repeats a secret that came in, whatever it came in as"],
  },
  {
    source: "DESIGN §4: a canary is there to be fallen for",
    must: "not tell canaries apart, nor sizes",
    test: ["session_test.ts", "call() lists secrets without sizes, canaries told apart, or deleted ones"],
  },
  // Consent.
  {
    source: "DESIGN §4: elicitation shows program, argv, directory, secret names, never a value",
    must: "show them",
    test: [
      "consent_form_test.ts",
      "consentForm() shows program, arguments, directory, place, names, files and warnings",
    ],
  },
  {
    source: "DESIGN §12: the agent, through MCP, cannot get a command run that was not consented to",
    must: "let nothing of the agent's pass for a part of the question",
    test: ["consent_form_test.ts", "consentForm() lets no argument, path or warning look like a line of its own"],
  },
  {
    source: "2025-11-25 client/elicitation: servers MUST NOT send modes that the client does not support",
    must: "ask only clients with forms, and give others the line to run",
    test: ["server_test.ts", "a client without forms is not asked, and gets the line to run"],
  },
  {
    source: "2025-11-25 client/elicitation#response-actions: accept, decline, cancel",
    must: "take whatever is not plainly a choice for a refusal",
    test: ["server_test.ts", "2025-11-25: whatever is not plainly a choice is a refusal"],
  },
  {
    source: "2026-07-28 basic/patterns/mrtr: input_required with requestState, echoed in the retried request",
    must: "ask in rounds",
    test: [
      "server_test.ts",
      "2026-07-28: the question is the result, and the call that comes back with answer and state is served",
    ],
  },
  {
    source: "2026-07-28 basic/patterns/mrtr: responses may be missing; the server asks again",
    must: "ask again where answer or state is missing",
    test: [
      "server_test.ts",
      "2026-07-28: a refusal goes to the keeper, and an answer without a state or a state without an answer asks again",
    ],
  },
  // Long runs.
  {
    source: "2025-11-25 basic/utilities/progress: only for a token that was given; the value MUST increase",
    must: "report progress",
    test: ["server_test.ts", "a long run reports progress when the client gave a token, and a cancelled one ends"],
  },
  {
    source: "2025-11-25 basic/utilities/progress: only for a token that was given",
    must: "report nothing without a token",
    test: ["server_test.ts", "a run without a token reports nothing"],
  },
  {
    source: "2025-11-25 basic/utilities/cancellation: stop processing, free resources, send no response",
    must: "end a cancelled command",
    test: ["session_test.ts", "settled() waits until a cancelled command has ended"],
  },
  // The real server.
  {
    source: "DESIGN, the first job: the agent gets the child's output with every trace of the value masked",
    must: "run with a secret that the agent never sees",
    test: ["ov_mcp_test.ts", "ov mcp runs a command with a secret that the agent never sees"],
  },
  {
    source: "DESIGN §7: only HOME, LOGNAME, PATH, SHELL, TERM and USER can be counted on",
    must: "find the vault by HOME",
    test: ["ov_mcp_test.ts", "ov mcp starts with nothing but what every client passes, and finds the vault by HOME"],
  },
  {
    source: "DESIGN §4: change one byte of any, and the question is asked again",
    must: "ask again when a file has changed",
    test: ["ov_mcp_test.ts", "ov mcp asks once for a session, and again when a file of the command has changed"],
  },
  {
    source: "DESIGN §4: only on an authorised connection do elicitation answers count",
    must: "take no answers on a connection that nobody authorised",
    test: ["ov_mcp_test.ts", "ov mcp is locked without a password, and lists its tools all the same"],
  },
  {
    source: "issue 3 §7: or by the password typed on a terminal for ov mcp --authorize",
    must: "authorise by the terminal",
    test: [
      "ov_mcp_test.ts",
      "ov mcp --authorize takes the password from the terminal, and the connection counts as authorised",
    ],
  },
  {
    source: "FIELD: requestState comes back through the client and so must be authenticated",
    must: "take a state once, for the same call",
    test: [
      "ov_mcp_test.ts",
      "2026-07-28: ov mcp asks in rounds, and an answer serves one call of the same parameters once",
    ],
  },
  {
    source: "DESIGN §7: a vault value in an argument is refused and recorded",
    must: "refuse a vault value in an argument",
    test: ["ov_mcp_test.ts", "ov mcp refuses a vault value in an argument, and counts it"],
  },
  {
    source: "DESIGN §7: cancellation ends the process group",
    must: "end the command when the call is cancelled",
    test: ["ov_mcp_test.ts", "ov mcp reports progress, and ends the command when the call is cancelled"],
  },
];
