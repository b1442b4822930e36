/** What several readers ask of digits. */

import { byteClass, members } from "../kernels/tables.ts";

/** Decimal digits, for kernels. */
export const IN_DIGITS = byteClass(members(/[0-9]/));

/** Whether it is a decimal digit; `undefined`, which stands behind the end of a text, is none. */
export function isDecimal(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** The value of a hexadecimal digit. */
export function hexDigit(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}
