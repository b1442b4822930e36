import { SAMPLE_CLASSES } from "../../src/detect/mod.ts";
import { seeded } from "../dotenv/generate.ts";

/** Random text of one of the classes that rules name. */
export function randomText(random: () => number, name: keyof typeof SAMPLE_CLASSES, length: number): string {
  const characters = SAMPLE_CLASSES[name];
  return Array.from({ length }, () => characters[Math.floor(random() * characters.length)]).join("");
}

/** A rule's template with each `{class:length}` filled in. */
export function fillSample(template: string, random: () => number = seeded(1)): string {
  return template.replace(/\{([a-z0-9]+):(\d+)\}/g, (whole, name, length) => {
    if (!Object.hasOwn(SAMPLE_CLASSES, name)) throw new TypeError(`no class ${whole}`);
    return randomText(random, name as keyof typeof SAMPLE_CLASSES, Number(length));
  });
}
