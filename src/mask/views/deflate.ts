/**
 * Tells what may be a raw DEFLATE stream, which has no magic number, from noise: cheaply, and without decompressing.
 * Noise fails within a few symbols; what passes is tried.
 */

/** A stream with fewer symbols is not told from noise. */
const LEAST_SYMBOLS = 10;
/** The shortest stream (bytes): six bytes of text and a header. */
const LEAST_BYTES = 7;
/** Of text one byte in so many may be none. */
const STRAY_PART = 6;
/** What a stream with a fixed code says; and so much of it tells whether it may. */
const said = new Uint8Array(256), MAY_SAY_BYTES = 64;
/** What says less is none. */
const LEAST_OUTPUT_BYTES = 6;

/** RFC 1951 §3.2.5: extra bits of lengths 257–285. */
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
/** RFC 1951 §3.2.7: in which order the lengths of the code for code lengths stand. */
const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LONGEST_CODE = 15;
const END_OF_BLOCK = 256;

/** For the next `bits` bits, least significant first, the symbol whose code they start with, and the code's length (four bits). */
function codeTable(lengths: readonly number[], bits: number): Uint16Array {
  const table = new Uint16Array(1 << bits);
  let code = 0;
  for (let length = 1; length <= bits; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      let reversed = 0;
      for (let k = 0; k < length; k++) reversed |= ((code >>> k) & 1) << (length - 1 - k);
      for (let i = reversed; i < table.length; i += 1 << length) table[i] = (symbol << 4) | length;
      code++;
    }
    code <<= 1;
  }
  return table;
}

/** RFC 1951 §3.2.6. */
const FIXED = codeTable(
  Array.from({ length: 288 }, (_, symbol) => symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8),
  9,
);
const FIVE_BITS = codeTable(new Array(32).fill(5), 5);

/** The bits from bit `at` on, least significant first, at least 16 of them; zeros past the end. */
function bitsAt(bytes: Uint8Array, at: number): number {
  const i = at >>> 3;
  const next = i + 2 < bytes.length
    ? bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16)
    : (i < bytes.length ? bytes[i]! : 0) | (i + 1 < bytes.length ? bytes[i + 1]! << 8 : 0);
  return next >>> (at & 7);
}

/**
 * Whether `head`, the first bytes of something, may begin a raw DEFLATE stream (RFC 1951).
 * @param wrapped whether something else tells a stream too: then a first block that is stored counts, and one that is no text
 */
export function mayBeDeflate(head: Uint8Array, wrapped: boolean): boolean {
  if (head.length < LEAST_BYTES) return false;
  const kind = (head[0]! >>> 1) & 3;
  if (kind === 3) return false;
  if (kind === 0) return wrapped && (head[1]! ^ head[3]!) === 0xff && (head[2]! ^ head[4]!) === 0xff;
  return kind === 1 ? mayBeFixed(head, wrapped) : mayBeDynamic(head);
}

/** How the block that {@link readFixed} read last ended: behind its last symbol, in the middle of one, in something that cannot be. */
type BlockEnding = "end" | "cut" | "broken";
/** What that block says in all (bytes), its symbols, and the bits up to where it ended. */
let made = 0, symbols = 0, bitsRead = 0;

/** Reads a block with the fixed code (RFC 1951 §3.2.6) to {@link said}, as far as there is room. */
function readFixed(head: Uint8Array): BlockEnding {
  const size = 8 * head.length;
  made = symbols = 0;
  for (let at = 3;; symbols++) {
    const entry = FIXED[bitsAt(head, at) & 511]!;
    const symbol = entry >>> 4;
    bitsRead = at;
    at += entry & 15;
    if (at > size) return "cut";
    if (symbol < END_OF_BLOCK) {
      if (made < said.length) said[made] = symbol;
      made++;
      continue;
    }
    if (symbol === END_OF_BLOCK) {
      bitsRead = at;
      return "end";
    }
    if (symbol > 285) return "broken";
    const extra = LENGTH_EXTRA[symbol - 257]!;
    const length = lengthBase(symbol) + (bitsAt(head, at) & ((1 << extra) - 1));
    at += extra;
    const distance = FIVE_BITS[bitsAt(head, at) & 31]! >>> 4;
    at += 5;
    if (at > size) return "cut";
    if (distance > 29) return "broken";
    const more = distance < 4 ? 0 : (distance >> 1) - 1;
    const far = distance < 4
      ? distance + 1
      : (((distance & 1) | 2) << more) + 1 + (bitsAt(head, at) & ((1 << more) - 1));
    at += more;
    if (at > size) return "cut";
    if (far > made) return "broken";
    for (let k = 0; k < length; k++, made++) if (made < said.length) said[made] = said[made - far]!;
  }
}

function mayBeFixed(head: Uint8Array, wrapped: boolean): boolean {
  const ending = readFixed(head);
  if (ending === "broken" || (ending === "cut" ? symbols < LEAST_SYMBOLS : made < LEAST_OUTPUT_BYTES)) return false;
  return wrapped || maySay(said.subarray(0, Math.min(made, MAY_SAY_BYTES)));
}

/**
 * What a stream says that is all there and one block with the fixed code, as short streams are, and how many of its bytes it takes;
 * `null` where it is another, or says more than is worth it. For what {@link mayBeDeflate} let pass.
 */
export function fixedStream(input: Uint8Array): { readonly bytes: Uint8Array; readonly consumed: number } | null {
  if (((input[0]! >>> 1) & 3) !== 1) return null;
  const ending = readFixed(input);
  const isLast = (input[0]! & 1) === 1;
  // A block that is not the last one is followed by another.
  if (ending === "broken" || made > said.length || (ending === "end" && !isLast)) return null;
  return { bytes: said.slice(0, made), consumed: ending === "cut" ? input.length : (bitsRead + 7) >> 3 };
}

/** The shortest length that a symbol stands for. */
function lengthBase(symbol: number): number {
  if (symbol < 265) return symbol - 254;
  if (symbol === 285) return 258;
  const extra = LENGTH_EXTRA[symbol - 257]!;
  return 3 + ((4 + ((symbol - 257) & 3)) << extra);
}

/** Whether a stream may say this: text, or another stream. Of noise half is no text. */
function maySay(bytes: Uint8Array): boolean {
  let strays = 0, follow = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    // UTF-8: a byte that should follow and does not, or does and should not, is stray.
    const isTail = (byte & 0xc0) === 0x80;
    if (isTail ? follow === 0 : follow > 0 || !isCharacter(byte)) strays++;
    follow = isTail ? Math.max(0, follow - 1) : byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
  }
  if (strays <= bytes.length / STRAY_PART) return true;
  for (let i = 0; i + 1 < bytes.length; i++) if (STARTS.has((bytes[i]! << 8) | bytes[i + 1]!)) return true;
  return mayBeDeflate(bytes.slice(), false);
}

/** What gzip, zlib, zstd and ZIP start with. */
const STARTS: ReadonlySet<number> = new Set([0x1f8b, 0x28b5, 0x504b, 0x7801, 0x785e, 0x789c, 0x78da]);

function isCharacter(byte: number): boolean {
  if (byte < 0x20) return byte === 0 || byte === 0x1b || (byte >= 0x08 && byte <= 0x0d);
  return byte !== 0x7f && byte < 0xf5 && byte !== 0xc0 && byte !== 0xc1;
}

/** Whether the three codes are complete, as far as they are there: every encoder's are. */
function mayBeDynamic(head: Uint8Array): boolean {
  const size = 8 * head.length;
  const literals = 257 + ((head[0]! >>> 3) & 31), distances = 1 + (head[1]! & 31);
  if (literals > 286 || distances > 30) return false;
  const count = 4 + ((bitsAt(head, 13)) & 15);
  let at = 17, sum = 0;
  for (let i = 0; i < count; i++, at += 3) {
    const length = bitsAt(head, at) & 7;
    if (length > 0) sum += 128 >> length;
  }
  if (sum !== 128 || at > size) return false;
  const lengths = new Array<number>(19).fill(0);
  for (let i = 0; i < count; i++) lengths[LENGTHS_ORDER[i]!] = bitsAt(head, 17 + 3 * i) & 7;
  const table = codeTable(lengths, 7);
  // Of each code what is taken of it, in parts of the longest code.
  let filled = 0, ends = false, used = 0, last = 0;
  for (let symbol = 0; symbol < literals + distances;) {
    const entry = table[bitsAt(head, at) & 127]!;
    const kind = entry >>> 4;
    at += entry & 15;
    let length = kind, times = 1;
    if (kind > LONGEST_CODE) {
      if (kind === 16 && symbol === 0) return false;
      const extra = kind === 16 ? 2 : kind === 17 ? 3 : 7;
      length = kind === 16 ? last : 0;
      times = (kind === 18 ? 11 : 3) + (bitsAt(head, at) & ((1 << extra) - 1));
      at += extra;
    }
    // The codes go on behind the head.
    if (at > size) return filled <= 1 << LONGEST_CODE;
    if (symbol + times > literals + distances) return false;
    last = length;
    for (; times > 0; times--, symbol++) {
      if (symbol === literals) {
        if (filled !== 1 << LONGEST_CODE || !ends) return false;
        filled = 0;
      }
      if (length === 0) continue;
      filled += 1 << (LONGEST_CODE - length);
      if (symbol === END_OF_BLOCK) ends = true;
      if (symbol >= literals) used++;
    }
    if (filled > 1 << LONGEST_CODE) return false;
  }
  return filled === 1 << LONGEST_CODE || used <= 1;
}
