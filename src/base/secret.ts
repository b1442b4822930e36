import { inspect } from "node:util";

/**
 * A value that must not be seen: bytes in a private field, which printing, serialising and inspecting do not reach.
 *
 * Wiping is best effort: the runtime may have copied the bytes, and a string that they came from can not be erased.
 */
export class Secret {
  /** What the value belongs to; shown in place of it. */
  readonly name: string;
  #bytes: Uint8Array<ArrayBuffer>;

  /**
   * @param name shown in place of the value
   * @param bytes copied; the caller may wipe its own afterwards
   */
  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.#bytes = new Uint8Array(bytes);
  }

  /** A secret from text, encoded as UTF-8. */
  static fromText(name: string, text: string): Secret {
    const bytes = new TextEncoder().encode(text);
    const secret = new Secret(name, bytes);
    bytes.fill(0);
    return secret;
  }

  /** Length of the value in bytes. */
  get sizeBytes(): number {
    return this.#bytes.byteLength;
  }

  /**
   * The bytes themselves, borrowed: do not change or keep them. Every call has a line `// EXPOSE: why` above it, which
   * the lint rule `ov/expose` enforces.
   */
  expose(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** A copy under another name. */
  renamed(name: string): Secret {
    return new Secret(name, this.#bytes);
  }

  /** Overwrites the bytes with zeros, best effort; the secret is empty afterwards. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#bytes = new Uint8Array(0);
  }

  /** Compares in time that depends only on the lengths. */
  equals(other: Secret): boolean {
    return equalBytes(this.#bytes, other.#bytes);
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }

  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}

/** Whether two byte strings are equal, in time that depends only on the length of `a`. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let different = a.byteLength ^ b.byteLength;
  for (let i = 0; i < a.byteLength; i++) different |= a[i]! ^ (b[i] ?? 0);
  return different === 0;
}
