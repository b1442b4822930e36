import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replaceAll("\\", "/");

/**
 * The path below the project's root, with `/`, of a file that the linter is looking at. A path that is relative already
 * is returned as it is, so that tests can name files that do not exist.
 */
export function placeOf(filename: string): string {
  const path = filename.replaceAll("\\", "/");
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
}

/** Whether the file is part of the product: `src/` and `main.ts`, and not tests or scripts. */
export function isProduct(place: string): boolean {
  return place === "main.ts" || place.startsWith("src/");
}
