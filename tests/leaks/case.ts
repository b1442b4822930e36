/**
 * What a case of the leak corpus is: an attack with stock tools, the attacker's own decoding of what came out, and how much
 * of the value may come out.
 *
 * `KEY` in a command or a file stands for the name of the case's secret. Every case has a secret of its own, with a value
 * that is made when the corpus runs.
 */
import type { LineClient } from "../mcp/line_client.ts";
import type { Decoder, Output } from "./decode.ts";
import { plain } from "./decode.ts";
import type { ValueKind } from "./values.ts";

/** One command, or something that the attacker does with a shell of their own. */
export type Step =
  /** A command that the tool runs with the secret. */
  | readonly string[]
  /** One that it runs without: only `ov` tells the two apart. */
  | { readonly bare: readonly string[] }
  /** One that the attacker runs outside, in the same folder. */
  | { readonly own: readonly string[] }
  /** One that the tool runs with the secret while the attacker runs another outside. */
  | { readonly during: readonly string[]; readonly own: readonly string[] };

/** Why something cannot be stopped by looking at output, and what stops it. */
export interface Allowance {
  /** The share of the value that may come out. */
  readonly share: number;
  readonly why: string;
  /** The grant or isolation that addresses it. */
  readonly instead: string;
}

/** One attack. */
export interface Case {
  readonly id: string;
  /** What the attacker does. */
  readonly attacker: string;
  readonly steps: readonly Step[];
  readonly decode: Decoder;
  /** Files of the case's folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Those of them that may be executed. */
  readonly executable?: readonly string[];
  readonly value?: ValueKind;
  /** What builds what the attacker needs, before anything. */
  readonly make?: readonly string[];
  /** Files that the attacker reads with a shell of their own at the end. */
  readonly reads?: readonly string[];
  /** Nothing, where it is left out. */
  readonly may?: Allowance;
  /** Variables that the attacker has put into the environment that the tool is started in; `HERE` is the case's folder. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The output is not text: run it where bytes stay as they are. */
  readonly binary?: true;
  /** A command that the user has allowed for good, as it stands before the attacker's `edit`. */
  readonly granted?: readonly string[];
  /** In place of steps: what the attacker does to `ov` itself. */
  readonly surface?: (at: Surface) => Promise<readonly Output[]>;
  /** The same with the peers' own commands, in the folder of their files; a tool without is not comparable. */
  readonly peers?: Readonly<Record<string, readonly string[]>>;
  /** What the attacker writes once that is allowed; `null` removes. */
  readonly edit?: Readonly<Record<string, string | null>>;

  /** It recovers nothing without any tool either: it is aimed at the tool. */
  readonly control?: "none";
  /** Programs beside sh, coreutils, Node, Python, Perl, openssl and gzip. */
  readonly needs?: readonly string[];
}

/** What of `ov` is within an attacker's reach. */
export interface Surface {
  /** Of the secret. */
  readonly name: string;
  /** What the attacker would like to know; only for guesses that are right. */
  readonly value: string;
  readonly folder: string;
  /** The folder that `ov` keeps its vault in. */
  readonly vault: string;
  /** The connection of the attacked agent: the user has authorised it, and says no to every question. */
  agent(): Promise<LineClient>;
  /** A connection that the attacker starts, with a client that says yes to everything. */
  ownConnection(): Promise<LineClient>;
  /** `ov` with the app and env of the case, from a shell: no terminal, no password. */
  ov(argv: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Output>;
  /** `ov` as the user runs it before the attack, with the password; must succeed. */
  byUser(argv: readonly string[]): Promise<void>;
  /** Any program, from a shell. `OV` in it is how `ov` is started. */
  shell(script: string): Promise<Output>;
}

/** Cases of one kind. */
export interface Group {
  readonly name: string;
  readonly cases: readonly Case[];
}

type More = Partial<Omit<Case, "id" | "attacker" | "decode">>;

/** A case that is one command line of the shell. */
export function sh(id: string, attacker: string, script: string, decode: Decoder, more: More = {}): Case {
  return { id, attacker, steps: [["sh", "-c", script]], decode, ...more };
}

/** One in Python; `v` is the value. */
export function py(id: string, attacker: string, script: string, decode: Decoder, more: More = {}): Case {
  return { id, attacker, steps: [pyCommand(script)], decode, ...more };
}

/** One in JavaScript for Node; `v` is the value. */
export function js(id: string, attacker: string, script: string, decode: Decoder, more: More = {}): Case {
  return { id, attacker, steps: [jsCommand(script)], decode, ...more };
}

/** One in Perl; `$v` is the value. */
export function pl(id: string, attacker: string, script: string, decode: Decoder, more: More = {}): Case {
  return { id, attacker, steps: [["perl", "-e", `my $v = $ENV{KEY}; ${script}`]], decode, ...more };
}

/** A Python command line; `v` is the value. */
export function pyCommand(script: string): string[] {
  return ["python3", "-c", `import os, sys\nv = os.environ["KEY"]\nb = v.encode()\n${script}`];
}

/** A Node command line; `v` is the value. */
export function jsCommand(script: string): string[] {
  return ["node", "-e", `const v = process.env.KEY; const b = Buffer.from(v);\n${script}`];
}

/** A case against `ov` itself. */
export function against(
  id: string,
  attacker: string,
  surface: (at: Surface) => Promise<readonly Output[]>,
  more: More & { decode?: Decoder } = {},
): Case {
  return { id, attacker, steps: [], surface, decode: plain, control: "none", ...more };
}

/** For what no mask can know: a transformation that the program makes up. */
export const MADE_UP: Allowance = {
  share: 1,
  why: "a transformation that the program makes up, or a key that only the attacker has",
  instead: "grants: only commands whose content a person has allowed get the secret",
};

/** For pieces that are shorter than what chance could print. */
export const SHORT_PIECES: Allowance = {
  share: 1,
  why: "pieces below the documented threshold, which chance prints too",
  instead: "grants; within a session of `ov mcp` pieces add up",
};
