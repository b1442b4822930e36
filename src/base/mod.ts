/**
 * What every other folder stands on: the secret wrapper, the error class with its codes, byte strings, strict base64.
 * Imports nothing of the project and no npm package.
 */
export * from "./base64.ts";
export * from "./bytes.ts";
export * from "./errors.ts";
export * from "./locations.ts";
export * from "./names.ts";
export * from "./quote.ts";
export * from "./secret.ts";
