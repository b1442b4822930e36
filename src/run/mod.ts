/**
 * Starting a command: its environment, its program, its signals and its masked output. The only folder that starts
 * processes. It must never start a shell for a command (`guard.ts` has one of its own, with a fixed text), put a value into argv, an error or a file name, or write a byte of a masked
 * run that did not go through the mask. It decides nothing: whether a command may have a secret is `policy/`. Only
 * the keeper may call it.
 */
export * from "./browser.ts";
export * from "./capped_output.ts";
export * from "./caller.ts";
export * from "./capture.ts";
export * from "./child.ts";
export * from "./descriptor.ts";
export * from "./environment.ts";
export * from "./hooks.ts";
export * from "./keyring.ts";
export * from "./libc.ts";
export { startInSession, type TerminalPowers } from "./native_child.ts";
export * from "./program.ts";
export type { StreamMask } from "./pump.ts";
export * from "./guard.ts";
export * from "./own_caller.ts";
export * from "./terminal_child.ts";
export * from "./background.ts";
