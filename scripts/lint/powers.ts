import { isProduct, placeOf } from "./place.ts";

/** A power that only one place of the project may hold, by the names that it goes under. */
interface Power {
  /** What is refused, and where it belongs. */
  readonly message: string;
  /** Whether a file of the project may hold it. */
  readonly allowed: (place: string) => boolean;
  /** Members of globals, `["Deno", "Command"]`; `*` stands for any member. */
  readonly members?: readonly (readonly [object: string, property: string])[];
  /** Globals that are the power themselves. */
  readonly globals?: readonly string[];
  /** Modules that hand it out, with the one export that does, or `*`. */
  readonly modules?: readonly (readonly [specifier: string, name: string])[];
}

/** The rules by name. What they know is names: code that hides a name from its reader is for the reviewer. */
export const POWERS: Readonly<Record<string, Power>> = {
  "command": {
    message: "Only src/run starts programs",
    allowed: (place) => !isProduct(place) || place.startsWith("src/run/"),
    members: [["Deno", "Command"], ["Deno", "run"]],
    modules: [["node:child_process", "*"], ["node:cluster", "*"]],
  },
  "network": {
    message: "Only src/sync reaches the network",
    allowed: (place) => !isProduct(place) || place.startsWith("src/sync/"),
    members: [["Deno", "connectTls"], ["Deno", "createHttpClient"]],
    globals: ["fetch", "WebSocket", "WebSocketStream", "EventSource", "WebTransport"],
    modules: ["http", "https", "http2", "net", "tls", "dgram"].map((name) => [`node:${name}`, "*"] as const),
  },
  "terminal": {
    message: "Only src/cli/io.ts and main.ts print and read the environment",
    allowed: (place) => !isProduct(place) || place === "src/cli/io.ts" || place === "main.ts",
    members: [["console", "*"], ["Deno", "env"], ["process", "env"]],
    modules: [["node:process", "env"], ["node:console", "*"]],
  },
  "random": {
    message: "Math.random is no source of keys, and a test that uses it can not be repeated",
    allowed: () => false,
    members: [["Math", "random"]],
  },
};

/** The lint rule that holds `power` to its place. */
export function powerRule(power: Power): Deno.lint.Rule {
  return {
    create(context): Deno.lint.LintVisitor {
      if (power.allowed(placeOf(context.filename))) return {};
      const report = (node: Deno.lint.Node) => context.report({ node, message: power.message });
      const isMember = (object: string | null, property: string | null) =>
        power.members?.some(([o, p]) => o === object && (p === "*" || p === property)) ?? false;
      const isGlobal = (name: string | null) => name !== null && (power.globals?.includes(name) ?? false);
      const isExport = (specifier: string, name: string | null) =>
        power.modules?.some(([s, n]) => s === specifier && (n === "*" || name === null || n === name)) ?? false;
      return {
        MemberExpression(node) {
          if (isMember(nameOf(node.object), propertyOf(node))) report(node);
          else if (isGlobalThis(node.object) && isGlobal(propertyOf(node))) report(node);
        },
        VariableDeclarator(node) {
          if (node.init === null) return;
          const object = nameOf(node.init);
          if (isGlobal(object)) report(node);
          if (node.id.type !== "ObjectPattern") return;
          for (const property of node.id.properties) {
            if (property.type !== "Property") continue;
            const key = property.key.type === "Identifier" ? property.key.name : literalOf(property.key);
            if (isMember(object, key) || (isGlobalThis(node.init) && isGlobal(key))) report(property);
          }
        },
        CallExpression(node) {
          if (isGlobal(identifierOf(node.callee))) report(node);
        },
        NewExpression(node) {
          if (isGlobal(identifierOf(node.callee))) report(node);
        },
        ImportDeclaration(node) {
          const whole = node.specifiers.length === 0 ||
            node.specifiers.some((specifier) => specifier.type === "ImportNamespaceSpecifier");
          if (whole && power.modules?.some(([s, n]) => s === node.source.value && n === "*")) return report(node);
          for (const specifier of node.specifiers) {
            const name = specifier.type !== "ImportSpecifier"
              ? "default"
              : specifier.imported.type === "Identifier"
              ? specifier.imported.name
              : specifier.imported.value;
            if (isExport(node.source.value, name)) return report(node);
          }
        },
        ImportExpression(node) {
          const specifier = literalOf(node.source);
          if (specifier !== null && isExport(specifier, null)) report(node);
        },
      };
    },
  };
}

/** `Deno` for `Deno`, `globalThis.Deno`, `self["Deno"]`. */
function nameOf(node: Deno.lint.Node): string | null {
  if (node.type === "Identifier") return node.name;
  return node.type === "MemberExpression" && isGlobalThis(node.object) ? propertyOf(node) : null;
}

function identifierOf(node: Deno.lint.Node): string | null {
  return node.type === "Identifier" ? node.name : null;
}

function isGlobalThis(node: Deno.lint.Node): boolean {
  return node.type === "Identifier" && ["globalThis", "self", "window"].includes(node.name);
}

/** The property's name in `a.b` and `a["b"]`. */
export function propertyOf(node: Deno.lint.MemberExpression): string | null {
  if (node.computed) return literalOf(node.property);
  return node.property.type === "Identifier" ? node.property.name : null;
}

/** The text of a string literal. */
export function literalOf(node: Deno.lint.Node): string | null {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type === "TemplateLiteral" && node.expressions.length === 0) return node.quasis[0]?.cooked ?? null;
  return null;
}
