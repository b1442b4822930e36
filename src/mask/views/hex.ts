/** Runs of hexadecimal digits, which several readers pass over: hashes are what there is most of in lists of files. */

import { byteClass, members } from "../kernels/tables.ts";

/** For each byte, whether it is a hexadecimal digit. */
export const HEX = members(/[0-9a-fA-F]/);
/** The same, for kernels. */
export const IN_HEX = byteClass(HEX);
/** What is none. */
export const NO_HEX = byteClass(HEX.map((is) => 1 - is));
/** The shortest run (characters) that is read: six bytes. */
export const LEAST_HEX = 12;
/** In a longer run there is nothing else, but for what stands at an end that goes on. */
export const LONG_HEX = 48;
