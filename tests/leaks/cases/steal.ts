/** What an attacker plants: code that writes the value to a file in a form that no mask knows, and how they read that. */
import type { Decoder } from "../decode.ts";
import { chain, hex, xored } from "../decode.ts";

/** Where it goes. */
export const STOLEN: readonly string[] = ["stolen"];

/** What they make of it. */
export const undone: Decoder = chain(hex, xored(0x55));

export const STEAL_JS =
  "require('fs').writeFileSync('HERE/stolen', Buffer.from(process.env.KEY || '').map((c) => c ^ 0x55).toString('hex'));\n";
export const STEAL_MJS =
  "import { writeFileSync } from 'node:fs';\nwriteFileSync('HERE/stolen', Buffer.from(process.env.KEY || '').map((c) => c ^ 0x55).toString('hex'));\n";
export const STEAL_PY =
  "import os\nopen('HERE/stolen', 'w').write(bytes(c ^ 0x55 for c in os.environ.get('KEY', '').encode()).hex())\n";
export const STEAL_PL =
  "open(my $f, q(>), q(HERE/stolen)); print $f join q(), map { sprintf q(%02x), ord($_) ^ 0x55 } split //, $ENV{KEY}; close $f;\n";
/** For `sh`, as a file that may be executed. */
export const STEAL_SH = `#!/bin/sh\nperl -e '${STEAL_PL.trim()}'\n`;
/** A library whose constructor does it. */
export const STEAL_C = `#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void steal(void) {
  const char *v = getenv("KEY");
  FILE *f = v ? fopen("HERE/stolen", "w") : 0;
  if (!f) return;
  while (*v) fprintf(f, "%02x", *v++ ^ 0x55);
  fclose(f);
}
`;
export const MAKE_STEAL_SO = ["cc", "-shared", "-fPIC", "-o", "steal.so", "steal.c"];
