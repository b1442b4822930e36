/** Lists of processes, and what /proc tells. */
import { type Case, js, pyCommand, sh } from "../case.ts";
import * as d from "../decode.ts";

const SAME_USER = {
  share: 1,
  why: "the kernel lets a process of the same user read the environment of the child that needs the secret",
  instead: "run the agent as another user or in a container; grants keep the children few and short",
};
/** Until the child is there, then what `look` prints about it. */
const own = (look: string): string[] => ["sh", "-c", `until [ -s pid ]; do sleep .05; done; ${look}`];
const WAIT = ["sh", "-c", "echo $$ > pid; exec sleep 1"];

export const PROCESSES: readonly Case[] = [
  sh("ps-environment", "lists its own environment with ps", "ps eww $$", d.plain),
  sh("ps-everything", "lists every process with its environment", "ps axeww | grep -a $$", d.plain),
  sh(
    "argument-of-child",
    "starts a child with it as an argument, and lists that",
    "sleep 1 & python3 -c 'import time; time.sleep(1)' $KEY & ps axww | grep time.sleep; kill %1 2>/dev/null; true",
    d.plain,
  ),
  sh(
    "pgrep",
    "finds a child by it",
    "python3 -c 'import time; time.sleep(1)' $KEY & sleep .3; pgrep -af time.sleep",
    d.plain,
  ),
  sh(
    "cmdline",
    "reads the command line of a child",
    "python3 -c 'import time; time.sleep(3)' $KEY & sleep 1; cat /proc/$!/cmdline | tr '\\0' '\\n'",
    d.plain,
  ),
  sh("comm", "names a process after it", "exec bash -c 'exec -a $KEY ps -o args= -p $$'", d.plain, { needs: ["bash"] }),
  sh("environ", "reads /proc/self/environ", "cat /proc/self/environ", d.plain),
  {
    id: "environ-program",
    attacker: "reads /proc/self/environ without a shell",
    steps: [["cat", "/proc/self/environ"]],
    decode: d.plain,
  },
  sh("environ-lines", "reads /proc/$$/environ, a variable on a line", "tr '\\0' '\\n' < /proc/$$/environ", d.plain),
  sh("environ-hex", "dumps /proc/self/environ", "od -An -v -tx1 /proc/self/environ", d.chain(d.hex)),
  sh("environ-base64", "base64 of /proc/self/environ", "base64 /proc/self/environ", d.chain(d.b64)),
  sh(
    "environ-gzip",
    "base64 of gzip of /proc/self/environ",
    "cat /proc/self/environ | gzip | base64",
    d.chain(d.b64, d.gunzip),
  ),
  sh(
    "environ-grep",
    "searches every process's environment",
    "grep -haoz 'KEY=.*' /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; true",
    d.plain,
  ),
  {
    id: "memory",
    attacker: "reads its own memory",
    steps: [
      pyCommand(
        "n = ('KEY' + '=').encode()\nfor line in open('/proc/self/maps'):\n  if 'stack' not in line: continue\n  a, z = (int(x, 16) for x in line.split()[0].split('-'))\n  m = open('/proc/self/mem', 'rb'); m.seek(a); d = m.read(z - a)\n  for i in range(len(d)):\n    if d.startswith(n, i): print(d[i:i + 80])",
      ),
    ],
    decode: d.plain,
  },
  js(
    "heap",
    "searches a heap snapshot of its own",
    "const c = []; require('v8').getHeapSnapshot().on('data', (d) => c.push(d)).on('end', () => { const s = Buffer.concat(c).toString(); const i = s.indexOf(v); console.log(s.slice(i - 20, i + 60)) })",
    d.plain,
  ),
  {
    id: "parent-environment",
    attacker: "reads the environment of the tool that started it",
    steps: [["sh", "-c", "tr '\\0' '\\n' < /proc/$PPID/environ | sed 's/^KEY=/found: /'"]],
    decode: d.plain,
    control: "none",
  },
  {
    id: "parent-arguments",
    attacker: "reads the arguments of the tool that started it",
    steps: [["sh", "-c", "tr '\\0' ' ' < /proc/$PPID/cmdline; ls -l /proc/$PPID/fd"]],
    decode: d.plain,
    control: "none",
  },
  {
    id: "list-from-outside",
    attacker: "lists every process's arguments with a shell of their own",
    steps: [{ during: WAIT, own: own("ps axww; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'") }],
    decode: d.plain,
    control: "none",
  },
  {
    id: "environ-from-outside",
    attacker: "reads the child's environment with a shell of their own",
    steps: [{ during: WAIT, own: own("tr '\\0' '\\n' < /proc/$(cat pid)/environ") }],
    decode: d.plain,
    may: SAME_USER,
  },
  {
    id: "ps-from-outside",
    attacker: "lists every process's environment with a shell of their own",
    steps: [{ during: WAIT, own: own("ps axeww") }],
    decode: d.plain,
    may: SAME_USER,
  },
];
