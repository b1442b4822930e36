import { decodeUtf8, type Secret } from "../base/mod.ts";
import { maskability } from "./maskability.ts";
import { Scanner, type Views } from "./scanner.ts";
import { MaskStream } from "./stream.ts";

/** What a {@link Masker} can be asked for beyond its default. */
export interface MaskerOptions {
  /** `"all"` (the default) reads every form of DESIGN §6; `"literal"` only the bytes as they are, for measuring. */
  readonly views?: Views;
}

/** Knows a set of secrets and takes them out of output. Pure: bytes in, bytes out. */
export class Masker {
  /** Names of the secrets that are looked for, in the order given. */
  readonly names: readonly string[];
  /** Names of those that are not, because their values are not maskable. */
  readonly unmaskable: readonly string[];
  readonly #scanner: Scanner;
  readonly #labels: readonly string[];
  readonly #marginBytes: number;

  /** @param secrets their values are copied; of two with the same value the first one's name is shown */
  constructor(secrets: readonly Secret[], options: MaskerOptions = {}) {
    const names: string[] = [], unmaskable: string[] = [];
    const values = secrets.map((secret) => {
      // EXPOSE: the masker must know what to look for; it keeps copies as long as it lives and gives none out.
      const value = secret.expose();
      const maskable = maskability(value).maskable;
      (maskable ? names : unmaskable).push(secret.name);
      return maskable ? value : null;
    });
    this.names = names;
    this.unmaskable = unmaskable;
    this.#labels = secrets.map((secret) => secret.name);
    this.#scanner = new Scanner(values, options.views ?? "all");
    const longest = values.reduce((most, value) => Math.max(most, value?.byteLength ?? 0), 0);
    this.#marginBytes = Math.min(1 << 20, Math.max(1 << 14, 16 * longest));
  }

  /** A new stream; one for each of a child's outputs. */
  stream(): MaskStream {
    return new MaskStream(this.#scanner, this.#labels, this.#marginBytes);
  }

  /** Masks bytes that are all there. */
  mask(whole: Uint8Array): { bytes: Uint8Array<ArrayBuffer>; maskedCount: number } {
    const stream = this.stream();
    const head = stream.push(whole);
    const tail = stream.end();
    const bytes = new Uint8Array(head.byteLength + tail.byteLength);
    bytes.set(head);
    bytes.set(tail, head.byteLength);
    return { bytes, maskedCount: stream.maskedCount };
  }

  /** Masks text; where masking leaves bytes that are not UTF-8, they become U+FFFD. */
  maskText(text: string): string {
    const { bytes } = this.mask(new TextEncoder().encode(text));
    return decodeUtf8(bytes) ?? new TextDecoder().decode(bytes);
  }
}
