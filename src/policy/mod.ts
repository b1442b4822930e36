/**
 * Whether a command may have secrets: the decision with its reason, what a grant binds, what a command could do beside
 * its work, and which app and env are meant. The decision is pure; only the content pins and the check of a program's
 * folder read files. It must never start a program, see a value, write a file, or ask anybody. Called by the keeper.
 */
export { namesInArgument, pathsNamed } from "./content_files.ts";
export * from "./context.ts";
export * from "./decide.ts";
export { PIN_LIMITS, type PinLimits } from "./pin_set.ts";
export * from "./pins.ts";
export * from "./project_file.ts";
export * from "./types.ts";
export { plainName, warningsFor } from "./warnings.ts";
