/**
 * Finds values that are there whole, in every form that the mask reads. The mask itself takes a piece of a value for a
 * trace, as it must. Where an agent learns whether something was found, that would tell it each guess of one more
 * character that is right: from the host that stands in a `DATABASE_URL` back to the password in a few thousand calls.
 */
import { decodeUtf8, encodeHex, Secret } from "../base/mod.ts";
import { maskability, Masker } from "../mask/mod.ts";

/** A stretch this long is a trace only when it is complete, whatever it is made of (`mask/pattern.ts`). */
const STRETCH_BYTES = 8;
/** Most stretches of one value, evenly over it: of up to 71 bytes, every one. */
const MAX_STRETCHES = 64;
/** Most of all values: what many of them take is bounded. */
const MAX_STRETCHES_IN_ALL = 8192;

/** Knows a set of secrets, and says of a text whether it holds one of their values. */
export class WholeValues {
  readonly #masker: Masker;
  /** Begins the name of each stretch: a text that was made to look as if it had been masked shows nothing. */
  readonly #mark = encodeHex(crypto.getRandomValues(new Uint8Array(8)));
  /** By secret: the stretches that its value shows in a text that holds it. Secrets of the same value are one. */
  readonly #needed: readonly (readonly [name: string, stretches: readonly string[]])[];

  /** @param secrets copied */
  constructor(secrets: readonly Secret[]) {
    const most = Math.max(4, Math.min(MAX_STRETCHES, Math.floor(MAX_STRETCHES_IN_ALL / Math.max(1, secrets.length))));
    const labels = new Map<string, string>();
    const stretches: Secret[] = [];
    const wanted: [name: string, value: Uint8Array, ids: ReadonlySet<string>][] = [];
    for (const secret of secrets) {
      // EXPOSE: what is looked for is cut into stretches; as in a mask, none is given out.
      const value = secret.expose();
      if (!maskability(value).maskable) continue;
      const ids = new Set<string>();
      for (const bytes of stretchesOf(value, most)) {
        const key = bytes.toBase64();
        const id = labels.get(key) ?? `${this.#mark}_${labels.size}`;
        ids.add(id);
        if (labels.has(key)) continue;
        labels.set(key, id);
        stretches.push(new Secret(id, bytes));
      }
      wanted.push([secret.name, value, ids]);
    }
    this.#masker = new Masker(stretches);
    for (const stretch of stretches) stretch.wipe();
    // A stretch that everybody knows (a scheme, a header) is no trace; it is not waited for.
    this.#needed = wanted.map(([name, value, ids]) => {
      const shown = this.#foundIn(value);
      return [name, [...ids].filter((id) => shown.has(id))] as const;
    });
  }

  /** The name of a secret whose value stands in one of the texts; `null` where none does. */
  nameIn(texts: readonly string[]): string | null {
    for (const text of texts) {
      const found = this.#foundIn(new TextEncoder().encode(text));
      if (found.size === 0) continue;
      const held = this.#needed.find(([, ids]) => ids.length > 0 && ids.every((id) => found.has(id)));
      if (held !== undefined) return held[0];
    }
    return null;
  }

  #foundIn(bytes: Uint8Array): Set<string> {
    const { bytes: masked, maskedCount } = this.#masker.mask(bytes);
    if (maskedCount === 0) return new Set();
    const text = decodeUtf8(masked) ?? new TextDecoder().decode(masked);
    const marks = text.matchAll(/\[ov:([\w+]+)\]/g);
    return new Set([...marks].flatMap((mark) => mark[1]!.split("+")));
  }
}

/**
 * Stretches of the value, its first and its last among them. Of a text none ends inside a character, as no view of it
 * does: where characters are of several bytes, a stretch can be up to three bytes longer, and the last can end so much
 * before the value.
 */
function* stretchesOf(value: Uint8Array, most: number): Generator<Uint8Array> {
  const last = value.byteLength - STRETCH_BYTES;
  if (last <= 0) return yield value;
  const isText = decodeUtf8(value) !== null;
  const isInside = (at: number) => isText && at < value.byteLength && (value[at]! & 0xc0) === 0x80;
  const step = Math.ceil((last + 1) / most);
  for (let from = 0; from < last + step; from += step) {
    let start = Math.min(from, last);
    while (isInside(start)) start--;
    let end = start + STRETCH_BYTES;
    while (isInside(end)) end++;
    yield value.subarray(start, end);
  }
}
