/** What one command wrote, another reads; or the attacker does, with a shell of their own. */
import { type Case, pyCommand, type Step } from "../case.ts";
import * as d from "../decode.ts";

const step = (script: string): string[] => ["sh", "-c", script];
const bare = (script: string): Step => ({ bare: ["sh", "-c", script] });
const OWN_SHELL = {
  share: 1,
  why: "an allowed command wrote it to a file, which every program of the user can read",
  instead: "grants for commands that keep secrets to themselves; an agent without a shell of its own",
};

function two(id: string, attacker: string, write: string, read: string, decode: d.Decoder = d.plain): Case {
  return { id, attacker, steps: [step(write), bare(read)], decode };
}

export const WRITE_READ: readonly Case[] = [
  two("file", "writes a file, and prints it with no secret", "echo $KEY > out", "cat out"),
  two(
    "file-base64",
    "writes base64 to a file, and prints it with no secret",
    "printf %s $KEY | base64 > out",
    "cat out",
    d.chain(d.b64),
  ),
  two(
    "encode-later",
    "writes a file, and encodes it with no secret",
    "printf %s $KEY > out",
    "base64 out",
    d.chain(d.b64),
  ),
  two(
    "gzip-later",
    "writes a file, and compresses it with no secret",
    "printf %s $KEY > out",
    "gzip -c out | base64",
    d.chain(d.b64, d.gunzip),
  ),
  two("file-name", "names a file after it, and lists the folder", "touch $KEY", "ls"),
  two("folder-find", "names a folder after it, and finds it", "mkdir -p a/$KEY/b", "find a"),
  two("link", "makes a link that points at it", "ln -s $KEY link", "ls -l link"),
  two("log", "appends it to a log", 'echo "$(date) Bearer $KEY" >> app.log', "tail app.log"),
  two("env-file", "writes a .env", "echo API_KEY=$KEY > .env", "cat .env"),
  two("environ-copy", "copies its environment", "cp /proc/self/environ out", "tr '\\0' '\\n' < out"),
  two(
    "git-config",
    "writes it to git's configuration",
    "git init -q .; git config remote.origin.url https://x:$KEY@x.invalid/",
    "git config -l",
  ),
  two(
    "git-commit",
    "commits it",
    "git init -q .; echo $KEY > k; git add k; git -c user.name=x -c user.email=x@x.invalid commit -qm k",
    "git show",
  ),
  two(
    "json-cache",
    "writes it to a cache as JSON",
    'printf \'{"token":"%s"}\' $KEY > cache.json',
    "python3 -m json.tool cache.json",
  ),
  two(
    "shared-memory",
    "writes it to shared memory",
    "f=/dev/shm/ov-leaks-$$; echo $KEY > $f; echo $f > where",
    "cat $(cat where); rm -f $(cat where)",
  ),
  {
    id: "sqlite",
    attacker: "writes it to a database",
    steps: [
      pyCommand(
        "import sqlite3; c = sqlite3.connect('a.db'); c.execute('create table t(v)'); c.execute('insert into t values (?)', (v,)); c.commit()",
      ),
      {
        bare: ["python3", "-c", "import sqlite3; print(sqlite3.connect('a.db').execute('select * from t').fetchall())"],
      },
    ],
    decode: d.plain,
  },
  {
    id: "own-shell",
    attacker: "writes a file, and reads it with a shell of their own",
    steps: [step("echo $KEY > out")],
    reads: ["out"],
    decode: d.plain,
    may: OWN_SHELL,
  },
  {
    id: "own-shell-fifo",
    attacker: "writes to a pipe that a shell of their own reads",
    steps: [{
      during: step("mkfifo pipe; echo $KEY > pipe"),
      own: step("until [ -p pipe ]; do sleep .05; done; cat pipe"),
    }],
    decode: d.plain,
    may: OWN_SHELL,
  },
  {
    id: "own-shell-xor",
    attacker: "writes it as the attacker likes, and reads it with a shell of their own",
    steps: [pyCommand("open('out', 'w').write(bytes(c ^ 0x55 for c in b).hex())")],
    reads: ["out"],
    decode: d.chain(d.hex, d.xored(0x55)),
    may: OWN_SHELL,
  },
];
