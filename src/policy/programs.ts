/**
 * Programs whose purpose, or one option of which, is to run code from the command line, to print the environment or to
 * send data: the data behind `warnings.ts`. Names are those of the file, without `.exe` and a version at the end.
 */

/** How an interpreter takes code on its command line. */
export interface Interpreter {
  /** Single-letter options that take code, also inside a cluster (`-lc`, `-ne`). */
  readonly codeLetters: string;
  /** Long options that take code, with or without `=`. */
  readonly codeOptions: readonly string[];
  /** Single-letter options that take a value: the rest of the cluster, or the next argument. */
  readonly valueLetters: string;
  /** Long options that take the next argument as their value. */
  readonly valueOptions: readonly string[];
  /** Subcommands that run code; the first operand. */
  readonly codeCommands: readonly string[];
  /** Whether it reads a program from stdin, or interactively, when it gets no script. */
  readonly readsStdin: boolean;
  /** Single-letter options with which it does so after the script, too. */
  readonly stdinLetters: string;
  /** Modules that take code, after `-m`. */
  readonly codeModules: readonly string[];
}

function interpreter(o: Partial<Interpreter>): Interpreter {
  return {
    codeLetters: "",
    codeOptions: [],
    valueLetters: "",
    valueOptions: [],
    codeCommands: [],
    readsStdin: true,
    stdinLetters: "",
    codeModules: [],
    ...o,
  };
}

const NODE = interpreter({
  codeLetters: "ep",
  stdinLetters: "i",
  codeOptions: ["--eval", "--print"],
  valueLetters: "rC",
  valueOptions: [
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "--env-file",
    "--env-file-if-exists",
    "--conditions",
    "--input-type",
    "--inspect-port",
    "--icu-data-dir",
    "--openssl-config",
    "--title",
    "--test-name-pattern",
    "--test-reporter",
    "--test-reporter-destination",
    "--watch-path",
    "--stack-trace-limit",
    "--max-http-header-size",
    "--tsconfig",
  ],
});

const SHELL = interpreter({
  codeLetters: "c",
  codeOptions: ["--command"],
  valueLetters: "oO",
  valueOptions: ["--rcfile", "--init-file"],
});
const PYTHON = interpreter({
  codeLetters: "c",
  stdinLetters: "i",
  codeModules: ["timeit", "code", "pdb", "idlelib"],
  valueLetters: "WX",
  valueOptions: ["--check-hash-based-pycs"],
});
const AWK = interpreter({ readsStdin: false });

/** Shells: `-c`, and everything that they read. */
export const SHELLS: ReadonlySet<string> = new Set(
  "sh ash bash dash zsh ksh mksh pdksh rbash rksh fish csh tcsh yash posh nu elvish xonsh rc es pwsh powershell cmd"
    .split(" "),
);

/** Interpreters of other languages; shells share {@link SHELL_OPTIONS}. */
export const INTERPRETERS: ReadonlyMap<string, Interpreter> = new Map([
  ["node", NODE],
  ["nodejs", NODE],
  ["tsx", NODE],
  ["ts-node", NODE],
  [
    "bun",
    interpreter({
      codeLetters: "ep",
      codeOptions: ["--eval", "--print"],
      codeCommands: ["repl", "exec"],
      valueLetters: "rc",
      valueOptions: ["--cwd", "--config", "--preload", "--require", "--import", "--env-file", "--filter"],
      readsStdin: false,
    }),
  ],
  ["deno", interpreter({ codeCommands: ["eval", "repl"] })],
  ["python", PYTHON],
  ["pypy", PYTHON],
  ["perl", interpreter({ codeLetters: "eE", valueLetters: "I" })],
  ["ruby", interpreter({ codeLetters: "e", valueLetters: "ICEr" })],
  ["irb", interpreter({})],
  [
    "php",
    interpreter({
      codeLetters: "rBRE",
      codeOptions: ["--run", "--process-code", "--process-begin", "--process-end"],
      valueLetters: "cdfz",
      valueOptions: ["--php-ini", "--define", "--file"],
    }),
  ],
  ["lua", interpreter({ codeLetters: "e", valueLetters: "l" })],
  ["luajit", interpreter({ codeLetters: "e", valueLetters: "ljO" })],
  ["rscript", interpreter({ codeLetters: "e" })],
  ["r", interpreter({ codeLetters: "e" })],
  ["julia", interpreter({ codeLetters: "eE", codeOptions: ["--eval", "--print"], valueLetters: "JtpL" })],
  ["elixir", interpreter({ codeLetters: "e", codeOptions: ["--eval", "--rpc-eval"], valueLetters: "rS" })],
  ["erl", interpreter({ codeOptions: ["-eval", "-run", "-s"] })],
  ["osascript", interpreter({ codeLetters: "e", valueLetters: "l" })],
  ["tclsh", interpreter({})],
  ["expect", interpreter({ codeLetters: "c" })],
  ["ghc", interpreter({ codeLetters: "e", readsStdin: false })],
  ["groovy", interpreter({ codeLetters: "e" })],
  ["scala", interpreter({ codeLetters: "e" })],
  ["jshell", interpreter({})],
  ["guile", interpreter({ codeLetters: "c" })],
  ["emacs", interpreter({ codeOptions: ["--eval", "-eval", "--execute"], readsStdin: false })],
  ["sqlite", interpreter({ codeOptions: ["-cmd"], readsStdin: false })],
  ["ipython", PYTHON],
  ["octave", interpreter({ codeOptions: ["--eval"] })],
  ["gnuplot", interpreter({ codeLetters: "e", readsStdin: false })],
  ["dc", interpreter({ codeLetters: "e", codeOptions: ["--expression"] })],
  ["awk", AWK],
  ["gawk", AWK],
  ["mawk", AWK],
  ["nawk", AWK],
]);

/** How shells take code. */
export const SHELL_OPTIONS: Interpreter = SHELL;

/** Their first operand is a program, unless a file is given with `-f`. */
export const INLINE_PROGRAMS: ReadonlySet<string> = new Set([
  "awk",
  "gawk",
  "mawk",
  "nawk",
  "sed",
  "gsed",
  "jq",
  "yq",
  "vim",
  "vi",
  "ex",
  "nvim",
  "ed",
]);

/**
 * Clients that take commands from their input, some of which run a program here (`\\!`, `system`), unless one of these
 * options says what to do. An option of one letter may have its value written to it.
 */
export const COMMAND_READERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["psql", ["-c", "--command", "-f", "--file", "-l", "--list"]],
  ["mysql", ["-e", "--execute"]],
  ["mariadb", ["-e", "--execute"]],
  ["mongosh", ["--eval", "-f", "--file"]],
  ["mongo", ["--eval"]],
  ["cqlsh", ["-e", "--execute", "-f", "--file"]],
  ["sqlplus", []],
]);

/** They print the environment, or have it in reach of one expression. */
export const PRINTS_ENVIRONMENT: ReadonlySet<string> = new Set(
  "env printenv set export declare typeset compgen envsubst gomplate jq yq".split(" "),
);

/** They turn bytes into another form, which is what one does to get past a mask. */
export const ENCODES: ReadonlySet<string> = new Set(
  "xxd od hexdump hd base64 base32 basenc uuencode openssl rev xz gzip bzip zstd brotli"
    .split(" "),
);

/** They send data to another machine. */
export const SENDS: ReadonlySet<string> = new Set(
  "curl curlie wget wget2 http https xh httpie aria2c nc ncat netcat socat telnet ftp sftp tftp scp ssh rsync rclone mail mailx sendmail lynx links w3m dig nslookup host ping logger"
    .split(" "),
);

/** They read the memory or the calls of another process. */
export const DEBUGS: ReadonlySet<string> = new Set(
  "gdb gdbserver lldb strace ltrace dtrace dtruss bpftrace perf valgrind rr gcore ptrace procdump ps pstree".split(" "),
);

/** They start the command that stands later in their arguments: what follows is judged as well. */
export const STARTERS: ReadonlySet<string> = new Set(
  "env timeout nice nohup setsid stdbuf time ionice chrt taskset xargs parallel npx pnpx bunx npm pnpm yarn bun uv uvx poetry pipenv pdm rye hatch conda mise asdf direnv dotenv dotenvx cross-env env-cmd doas sudo su busybox toybox watch entr script unbuffer flock chroot unshare nsenter setpriv prlimit runuser strace ltrace find fd git make cargo docker podman kubectl corepack volta fnm nvm bundle rbenv pyenv concurrently ssh-agent dbus-run-session xvfb-run systemd-run faketime caffeinate arch linux32 linux64 firejail bwrap ov tini dumb-init gosu su-exec pkexec setarch rlwrap hyperfine chpst watchexec foreman honcho doppler infisical aws-vault chamber envchain op"
    .split(" "),
);

/** They leave a process behind that keeps its environment and shows it to whoever asks, past the mask. */
export const STAYS: ReadonlySet<string> = new Set(
  "tmux screen dtach abduco zellij at batch crontab pm2 forever daemonize start-stop-daemon".split(" "),
);

/** Clients with a command that gives the rest to a shell: `\\! env`, `.shell env`, `system env`. */
export const SHELL_ESCAPES: ReadonlySet<string> = new Set("psql mysql mariadb sqlite".split(" "));

/** Options of {@link STARTERS} that give code to a shell or redirect what is started. */
export const STARTER_CODE_OPTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ["npx", ["-c", "--call"]],
  ["npm", ["-c", "--call"]],
  ["pnpm", ["-c", "--shell-mode"]],
  ["yarn", ["-c"]],
  ["find", ["-exec", "-execdir", "-ok", "-okdir"]],
  ["fd", ["-x", "-X", "--exec", "--exec-batch"]],
  ["git", ["-c", "--config-env", "--exec-path", "--upload-pack", "--receive-pack"]],
  ["make", ["--eval", "-E"]],
  ["gmake", ["--eval", "-E"]],
  ["nix-shell", ["--run", "--command"]],
  ["script", ["-c", "--command"]],
  ["flock", ["-c", "--command"]],
  ["su", ["-c", "--command"]],
  ["runuser", ["-c", "--command"]],
  ["watch", []],
  ["entr", ["-s"]],
  ["tar", ["--to-command", "--checkpoint-action", "-I", "--use-compress-program"]],
]);

/** Commands whose arguments are made, changed or only printed: pinning them would void a grant at each run. */
export const NOT_READERS: ReadonlySet<string> = new Set(
  "rm cp mv mkdir rmdir touch echo printf test [ ls cd chmod chown ln tee rimraf mkdirp shx exit export set unset true false kill wait trap"
    .split(" "),
);
