/**
 * `deno task kernels`: assembles `src/mask/kernels/kernels.wat` into `binary.ts` beside it. A test holds that the two agree.
 */
import wabt from "wabt";
import { ROOT } from "./process.ts";

const FOLDER = `${ROOT}/src/mask/kernels`;

/** The module, assembled. */
export async function assemble(): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const text = await Deno.readTextFile(`${FOLDER}/kernels.wat`);
  const module = parseWat("kernels.wat", text, { simd: true });
  module.validate();
  return module.toBinary({}).buffer;
}

/** The text of `binary.ts`. */
export function binaryText(bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,100}/g) ?? [];
  return `/** \`kernels.wat\`, assembled by \`deno task kernels\`; not to be edited. */\nexport const BINARY = [\n${
    lines.map((line) => `  "${line}",\n`).join("")
  }].join("");\n`;
}

if (import.meta.main) await Deno.writeTextFile(`${FOLDER}/binary.ts`, binaryText(await assemble()));
