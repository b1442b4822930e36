/**
 * The project's own lint rules, which `deno lint` loads by `lint.plugins` in `deno.json`. They hold what a type can not:
 * which place may hold which power, that every exposure of a secret says why, and where npm packages end.
 */
import { exposeRule } from "./expose.ts";
import { importRule } from "./import_rule.ts";
import { powerRule, POWERS } from "./powers.ts";

export default {
  name: "ov",
  rules: {
    ...Object.fromEntries(Object.entries(POWERS).map(([name, power]) => [name, powerRule(power)])),
    "expose": exposeRule,
    "import": importRule,
  },
} satisfies Deno.lint.Plugin;
