import { isProduct, placeOf } from "./place.ts";
import { propertyOf } from "./powers.ts";

/**
 * `ov/expose`: every use of `.expose` in the product has `// EXPOSE: why` in the comment right above its line, so that
 * each place where a secret's bytes are met can be listed and questioned. Tests may look at what they made themselves.
 */
export const exposeRule: Deno.lint.Rule = {
  create(context): Deno.lint.LintVisitor {
    if (!isProduct(placeOf(context.filename))) return {};
    const lines = context.sourceCode.text.split("\n");
    return {
      MemberExpression(node) {
        if (propertyOf(node) !== "expose") return;
        const startLine = lineOf(context.sourceCode.text, node.range[0]);
        const propertyLine = lineOf(context.sourceCode.text, node.property.range[0]);
        if (isExplained(lines, startLine) || isExplained(lines, propertyLine)) return;
        context.report({
          node,
          message: "A secret is exposed without a reason",
          hint: "Put `// EXPOSE: why` on the line above.",
        });
      },
    };
  },
};

/** Whether the comment lines that end right above `line` (from 0) hold the mark and a reason. */
function isExplained(lines: readonly string[], line: number): boolean {
  for (let above = line - 1; above >= 0; above--) {
    const text = lines[above]!.trim();
    if (!text.startsWith("//")) return false;
    if (/^\/\/ EXPOSE: \S/.test(text)) return true;
  }
  return false;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length - 1;
}
