/** What looking for the content of a command starts from, and what it finds beside files. */
import type { Accounts } from "./accounts.ts";

/** What surrounds the files that are walked. */
export interface WalkerOptions {
  readonly find: (command: string, workDir: string) => Promise<string | null>;
  readonly home: string | null;
  readonly accounts: Accounts;
  /** What a program that others can write is: refused, or only noted. */
  readonly writable: "refuse" | "note";
}

/** What was found beside files, each sorted. */
export interface Findings {
  /** What could not be followed, one line each. */
  readonly notes: readonly string[];
  /** Packages that would be fetched, as they are named. */
  readonly fetched: readonly string[];
  /** Programs that others can replace, where that is only noted, one line each. */
  readonly replaceable: readonly string[];
}
