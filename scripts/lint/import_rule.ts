import { isProduct, placeOf } from "./place.ts";
import { literalOf } from "./powers.ts";
import { IMPORT_TABLE, rowOf } from "./table.ts";

/**
 * `ov/import`: what one file's imports show by themselves. No npm package outside the front's folders; a package is named
 * through `deno.json`, where its version is pinned; and what `import()` loads is a literal, or no script could hold it
 * against the import table.
 */
export const importRule: Deno.lint.Rule = {
  create(context): Deno.lint.LintVisitor {
    const place = placeOf(context.filename);
    if (!isProduct(place)) return {};
    const npmAllowed = IMPORT_TABLE[rowOf(place) ?? ""]?.npm ?? false;
    const check = (node: Deno.lint.Node, specifier: string) => {
      if (/^(\.\.?\/|node:)/.test(specifier)) return;
      if (/^(npm|jsr|https?|data|blob|file):|^\//.test(specifier)) {
        context.report({ node, message: `Import packages through deno.json, not as "${specifier.slice(0, 60)}"` });
      } else if (!npmAllowed) {
        context.report({ node, message: `No npm package is imported on the keeper's side: "${specifier}"` });
      }
    };
    return {
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration(node) {
        if (node.source !== null) check(node, node.source.value);
      },
      ImportExpression(node) {
        const specifier = literalOf(node.source);
        if (specifier !== null) return check(node, specifier);
        context.report({ node, message: "What import() loads must be a literal" });
      },
      CallExpression(node) {
        if (node.callee.type !== "Identifier" || !["require", "createRequire"].includes(node.callee.name)) return;
        context.report({ node, message: "Use import, which the import table sees" });
      },
    };
  },
};
