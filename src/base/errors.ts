/**
 * The one error class of the project and its table of codes.
 *
 * A message names the action, then a colon, then the state; it quotes names and never values. The hint says what to do
 * next. Only the CLI's entry (`cli/exit.ts`) turns a code into an exit status, with {@link exitStatusOf}.
 */

/** Exit statuses of the `ov` command (DESIGN §10). */
export const EXIT = {
  success: 0,
  internal: 1,
  usage: 2,
  locked: 3,
  denied: 4,
  notFound: 5,
  damaged: 6,
  conflict: 7,
  runFailed: 125,
  runNotExecutable: 126,
  runNotFound: 127,
} as const;

/** Every stable error code, with the exit status that it ends a command with. */
export const ERROR_CODES = {
  "internal": EXIT.internal,
  "io/failed": EXIT.internal,
  "io/no-space": EXIT.internal,
  "io/read-only": EXIT.internal,
  "io/interrupted": 130,
  "usage/invalid": EXIT.usage,
  "usage/no-terminal": EXIT.usage,
  "usage/name": EXIT.usage,
  "usage/value": EXIT.usage,
  "usage/file": EXIT.usage,
  "usage/project-file": EXIT.usage,
  "vault/locked": EXIT.locked,
  "vault/wrong-password": EXIT.locked,
  "vault/password-file": EXIT.locked,
  "vault/not-found": EXIT.notFound,
  "vault/exists": EXIT.conflict,
  "vault/damaged": EXIT.damaged,
  "vault/tampered": EXIT.damaged,
  "vault/newer": EXIT.damaged,
  "vault/older": EXIT.damaged,
  "vault/not-private": EXIT.denied,
  "vault/conflict": EXIT.conflict,
  "vault/busy": EXIT.conflict,
  "sheet/not-found": EXIT.notFound,
  "keyring/unavailable": EXIT.notFound,
  "app/not-found": EXIT.notFound,
  "app/exists": EXIT.conflict,
  "env/not-found": EXIT.notFound,
  "env/exists": EXIT.conflict,
  "env/not-bound": EXIT.denied,
  "secret/not-found": EXIT.notFound,
  "secret/exists": EXIT.conflict,
  "secret/canary": EXIT.denied,
  "policy/denied": EXIT.denied,
  "policy/approval-required": EXIT.denied,
  "policy/changed": EXIT.denied,
  "policy/not-authorized": EXIT.denied,
  "policy/not-baked": EXIT.denied,
  "policy/intercepted": EXIT.denied,
  "request/not-found": EXIT.notFound,
  "grant/not-found": EXIT.notFound,
  "client/not-found": EXIT.notFound,
  "machine-key/unusable": EXIT.locked,
  "machine-key/not-good": EXIT.locked,
  "machine-key/expired": EXIT.locked,
  "machine-key/exists": EXIT.conflict,
  "machine-key/not-found": EXIT.notFound,
  "run/failed": EXIT.runFailed,
  "run/not-executable": EXIT.runNotExecutable,
  "run/not-found": EXIT.runNotFound,
} as const;

/** A stable error code, `subject/state`. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** An {@link OvError} as it crosses an isolate border: plain data, no stack, no cause. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/**
 * An expected failure: something that a user, a file or an adversary can cause. A programmer's mistake is a built-in
 * error instead.
 */
export class OvError extends Error {
  override readonly name = "OvError";
  /** Stable, for programs. */
  readonly code: ErrorCode;
  /** One line that says what to do next, for people. */
  readonly hint: string | undefined;

  /**
   * @param code the stable code
   * @param message `Action: state`, one line, names but never values
   * @param options `hint`: what to do next; `cause`: the error behind it, which is never shown to a model
   */
  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  /** Plain data for `postMessage`; the cause and the stack stay behind. */
  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
    };
  }

  /** The error that {@link OvError.toWire} described; unknown codes become `internal`. */
  static fromWire(wire: WireError): OvError {
    const code = Object.hasOwn(ERROR_CODES, wire.code) ? wire.code : "internal";
    return new OvError(code, wire.message, wire.hint === undefined ? {} : { hint: wire.hint });
  }

  /**
   * `error` itself where it is an {@link OvError}; else an `internal` one that names only the error's class: a foreign
   * message may quote what it was given, and so may carry a value.
   */
  static from(error: unknown): OvError {
    if (error instanceof OvError) return error;
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    return new OvError("internal", `Internal error: unexpected ${kind}`, {
      hint: "This is a defect of ov; set OV_DEBUG=1 to see where it happened, and report it.",
      cause: error,
    });
  }
}

/** The exit status for `code`. */
export function exitStatusOf(code: ErrorCode): number {
  return ERROR_CODES[code];
}
