/**
 * `.dev.vars`, `.env` and JSON secret files, read exactly as Wrangler reads them, and rewritten without what moved into
 * the vault (issue 3 §5; facts: dotenv 16.3.1 and dotenv-expand 12.0.2, as Wrangler 4.164 bundles them).
 *
 * Text in, data out: opens no file, holds no state. It must never lose a line silently (every line that yields nothing,
 * or reads differently from what it looks like, gets a note), and a note never holds a value.
 * The commands `import` and `export`, and whoever feeds Wrangler, may call it.
 */
export { DOTENV_KEY } from "./grammar.ts";
export { expandDotenv } from "./expand.ts";
export { type JsonSecrets, parseJsonSecrets } from "./json_secrets.ts";
export { type DotenvEntry, type DotenvNote, type DotenvText, parseDotenv } from "./parse.ts";
export { rewriteDotenv } from "./rewrite.ts";
export { serializeDotenv } from "./serialize.ts";
