/**
 * What looks like a secret: scanner rules for any text, and the verdict on one `NAME=value` (issue 3 §5).
 *
 * Pure: text in, verdicts out. It must never put a value, or a part of one, into a reason or a finding, and where it doubts
 * it must say secret. Import and the MCP interceptor, `scan` and the hooks may call it; nothing that it misses is
 * thereby safe.
 */
export { type Classification, classify } from "./classify.ts";
export { SAMPLE_CLASSES } from "./rule.ts";
export type { Rule } from "./rule.ts";
export { type Finding, ruleById, RULES, scanText } from "./scan.ts";
