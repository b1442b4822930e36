import type { Rule } from "./rule.ts";
import { AI_RULES } from "./rules/ai.ts";
import { CLOUD_RULES } from "./rules/cloud.ts";
import { GENERIC_RULES } from "./rules/generic.ts";
import { KEY_RULES } from "./rules/keys.ts";
import { MESSAGING_RULES } from "./rules/messaging.ts";
import { PAYMENT_RULES } from "./rules/payments.ts";
import { SOURCE_HOST_RULES } from "./rules/source_hosts.ts";

/** A place that looks like a secret; offsets are UTF-16 units of the scanned text, the end exclusive. */
export interface Finding {
  /** The rule's stable id. */
  readonly rule: string;
  readonly start: number;
  readonly end: number;
}

/** Every rule; where two find the same place, the earlier one names it. */
export const RULES: readonly Rule[] = [
  ...PAYMENT_RULES,
  ...AI_RULES,
  ...SOURCE_HOST_RULES,
  ...MESSAGING_RULES,
  ...KEY_RULES,
  ...CLOUD_RULES,
  ...GENERIC_RULES,
];

/**
 * What in a text looks like a secret, in order and without overlaps: where rules overlap, the one that begins first, then
 * the more specific one, stays.
 *
 * @param text any text; time is in proportion to its length
 */
export function scanText(text: string): Finding[] {
  const lower = text.toLowerCase();
  const found: (Finding & { order: number })[] = [];
  for (const [order, rule] of RULES.entries()) {
    if (!rule.keywords.some((keyword) => lower.includes(keyword))) continue;
    for (const match of text.matchAll(rule.pattern)) {
      const secret = match.groups?.["secret"] ?? match[0];
      if (rule.accept?.(secret) === false) continue;
      // The group is the last thing but closing text in every pattern, so its last occurrence in the match is its place.
      const start = match.index + match[0].lastIndexOf(secret);
      found.push({ rule: rule.id, start, end: start + secret.length, order });
    }
  }
  found.sort((a, b) => a.start - b.start || a.order - b.order);
  const kept: Finding[] = [];
  for (const { rule, start, end } of found) {
    const last = kept.at(-1);
    if (last === undefined || start >= last.end) kept.push({ rule, start, end });
    else if (end > last.end) kept[kept.length - 1] = { ...last, end };
  }
  return kept;
}

/** The rule with this id. */
export function ruleById(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id);
}
