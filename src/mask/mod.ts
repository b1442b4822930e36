/**
 * Takes every trace of a secret's value out of output, as it streams (DESIGN §6). Pure: bytes in, bytes out, no permission.
 *
 * It must never write a value anywhere, decide by time or by how the output was cut, or touch what holds no trace. `run/`
 * and the keeper call it; `secret set` asks {@link maskability}.
 *
 * Law: for every way of cutting the output into chunks, `push` and `end` give together what `mask` gives of the whole.
 */
export { type Maskability, maskability, MIN_MASKABLE_BYTES } from "./maskability.ts";
export { Masker, type MaskerOptions } from "./masker.ts";
export { PieceWatch, type Watched } from "./pieces.ts";
export { pieceThreshold } from "./pattern.ts";
export { MAX_DEPTH, type Views } from "./scanner.ts";
export { MaskStream } from "./stream.ts";
