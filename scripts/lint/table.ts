/**
 * Who may import whom (DESIGN §11), as literal data. `imports.ts` holds every import in `src/` and `main.ts` against it;
 * the lint rule `ov/import` reads which folders may name an npm package.
 *
 * An entry of `may` is a folder of `src/`, or one file in it. What a row does not name is refused: a new need is a new
 * entry here, with the design's word for it.
 */

/** One row: what the files of a folder may import, beside each other and `node:` built-ins. */
export interface Row {
  /** Folders (`base`) or files (`keeper/client.ts`), imported at once or lazily. */
  readonly may: readonly string[];
  /** Only as types, which are gone when the program runs. */
  readonly types?: readonly string[];
  /** Only by `import()`, so that the program starts without it. */
  readonly lazy?: readonly string[];
  /** Whether npm packages may be imported: the front's own folders only (DESIGN §2). */
  readonly npm: boolean;
}

/** What front-side code may know of the keeper: the protocol and its client, never the isolate's inside. */
const KEEPER_DOOR = ["keeper/client.ts", "keeper/protocol.ts"] as const;

/** The rows, in the order of the design: no row names a later one, so there is no cycle between folders. */
export const IMPORT_TABLE: Readonly<Record<string, Row>> = {
  base: { may: [], npm: false },
  crypto: { may: ["base"], npm: false },
  vault: { may: ["base", "crypto"], npm: false },
  store: { may: ["base", "vault"], npm: false },
  policy: { may: ["base"], npm: false },
  mask: { may: ["base"], npm: false },
  detect: { may: ["base"], npm: false },
  dotenv: { may: ["base"], npm: false },
  audit: { may: ["base"], npm: false },
  run: { may: ["base", "mask"], npm: false },
  keeper: {
    may: ["base", "crypto", "vault", "store", "policy", "mask", "detect", "dotenv", "audit", "run"],
    npm: false,
  },
  agent: { may: ["base", "keeper"], npm: false },
  sync: { may: ["base"], types: ["vault"], npm: false },
  server: { may: ["base", "sync/wire.ts"], npm: true },
  strength: { may: ["base"], npm: true },
  consent: { may: ["base", "keeper/protocol.ts", "keeper/page_protocol.ts"], npm: false },
  mcp: { may: ["base", "detect", ...KEEPER_DOOR], npm: true },
  setup: { may: ["base", "detect", ...KEEPER_DOOR], npm: true },
  cli: { may: ["base", "detect", "mcp", "setup", ...KEEPER_DOOR], npm: true },
  // Which isolates a command needs is decided before any package is loaded: from first-party files of theirs.
  "main.ts": {
    may: [
      "deno.json",
      "base",
      "cli/start.ts",
      "cli/argv.ts",
      "cli/exit.ts",
      "keeper/native.ts",
      "keeper/roles.ts",
      ...KEEPER_DOOR,
    ],
    // `agent/quick.ts` is a keeper's client in the main thread, without a front: it loads no package, not even late.
    lazy: ["cli", "agent/mod.ts"],
    npm: false,
  },
};

/** Modules that an isolate starts from and that must reach no npm package, whatever lies between. */
export const FIRST_PARTY_ENTRIES: readonly { readonly file: string; readonly lazily: boolean }[] = [
  // The keeper never loads one, not even late; nor does the agent, which is a keeper that stays.
  { file: "src/keeper/worker.ts", lazily: true },
  { file: "src/agent/worker.ts", lazily: true },
  { file: "src/agent/mod.ts", lazily: true },
  // The page is where a password is typed.
  { file: "src/consent/worker.ts", lazily: true },
  // The main thread loads none before it has given up its permissions; `import("./src/cli/mod.ts")` comes after.
  { file: "main.ts", lazily: false },
];

/** Folders that run beside npm packages; the keeper may not reach one, by whatever path. */
export const FRONT_FOLDERS: readonly string[] = ["cli", "mcp", "setup", "strength", "server"];

/** The row's name for a path below the project's root (`src/mask/views.ts` gives `mask`), or `null` outside the table. */
export function rowOf(path: string): string | null {
  if (path === "main.ts") return path;
  return /^src\/([^/]+)\/./.exec(path)?.[1] ?? null;
}
