import { classify, ruleById, scanText } from "../detect/mod.ts";
import { parseDotenv } from "../dotenv/mod.ts";

/** A line that may hold a secret, 1-based, and why in words; never the text itself. */
export interface SuspiciousLine {
  readonly line: number;
  readonly reason: string;
}

/** An assignment at the end of a comment or of a line that reads as nothing: `#KEY=value`, `MY KEY="value"`. */
const ASSIGNMENT = /([\w.-]+)\s*=\s*(?:"([^"]+)"|'([^']+)'|`([^`]+)`|(\S+))\s*$/;

/**
 * The lines of a dotenv file that look like secrets although no import would take them: comments, lines that read as
 * nothing, and entries that no variable can be. In doubt a line is named: the file is left for an agent to read.
 *
 * @param asked keys whose entries a person was asked about; they are passed over
 */
export function suspiciousLines(text: string, asked: ReadonlySet<string>): SuspiciousLine[] {
  const entries = parseDotenv(text).entries;
  const passedOver = new Set<number>();
  const found = new Map<number, string>();
  for (const { key, value, startLine, endLine } of entries) {
    for (let line = startLine; line <= endLine; line++) if (asked.has(key)) passedOver.add(line);
    if (asked.has(key)) continue;
    const { kind, reason } = classify(key, value);
    if (kind === "secret") found.set(startLine, reason);
  }
  for (const [at, content] of text.split(/\r\n|\r|\n/).entries()) {
    const line = at + 1;
    if (passedOver.has(line) || found.has(line)) continue;
    const reason = reasonFor(content);
    if (reason !== null) found.set(line, reason);
  }
  return [...found].sort(([a], [b]) => a - b).map(([line, reason]) => ({ line, reason }));
}

function reasonFor(content: string): string | null {
  const [finding] = scanText(content);
  if (finding !== undefined) return `looks like ${ruleById(finding.rule)!.label}`;
  const [, key, ...forms] = ASSIGNMENT.exec(content) ?? [];
  const value = forms.find((form) => form !== undefined);
  if (key === undefined || value === undefined) return null;
  const { kind, reason } = classify(key, value);
  return kind === "secret" ? reason : null;
}
