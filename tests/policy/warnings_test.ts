import assert from "node:assert/strict";
import { plainName, warningsFor } from "../../src/policy/mod.ts";

const codes = (command: string) => {
  const [program, ...argv] = command.split(" ");
  return warningsFor(program!, argv).map((warning) => warning.code).join(" ");
};

// The command, and what is said about it; an empty text: nothing.
const TABLE: readonly (readonly [string, string])[] = [
  // Everyday commands get no warning, or every question would carry one.
  ["node scripts/test-stripe-webhook.js", ""],
  ["node --env-file x.env app.js -e production", ""],
  ["node -r ./hook.js app.js -p 3000", ""],
  ["node --test", ""],
  ["npm test", ""],
  ["npm run build", ""],
  ["npm run set", ""],
  ["npm run env", ""],
  ["pnpm run dev", ""],
  ["yarn test", ""],
  ["npx wrangler dev --env staging", ""],
  ["wrangler deploy -c wrangler.toml", ""],
  ["make test", ""],
  ["make -C sub test", ""],
  ["python3 manage.py migrate -c x", ""],
  ["python3.12 -m pytest -c pytest.ini", ""],
  ["python -W ignore -u app.py", ""],
  ["bash deploy.sh -c prod", ""],
  ["sh -eu ./deploy.sh", ""],
  ["deno run -A main.ts", ""],
  ["deno test", ""],
  ["bun run dev", ""],
  ["bun test", ""],
  ["ruby app.rb -e production", ""],
  ["php artisan migrate", ""],
  ["cargo test", ""],
  ["psql -c select", ""],
  ["psql --host x -fjob.sql shop", ""],
  ["mysql --execute=select shop", ""],
  ["terraform plan", ""],
  ["app --out=/dev/null", ""],
  // Shells.
  ["sh -c x", "shell-code"],
  ["/bin/bash -lc x", "shell-code"],
  ["bash -o pipefail -c x", "shell-code"],
  ["bash --norc -euc x", "shell-code"],
  ["zsh -ic x", "shell-code"],
  ["fish --command=x", "shell-code"],
  ["bash", "no-script"],
  ["bash -i", "no-script"],
  ["sh -s", "no-script"],
  ["cmd /c x", "shell-code"],
  ["pwsh -Command x", "shell-code"],
  ["powershell.exe -EncodedCommand x", "shell-code"],
  // Interpreters.
  ["node -e x", "inline-code"],
  ["node --eval=x", "inline-code"],
  ["node -pe x", "inline-code"],
  ["node --print x", "inline-code"],
  ["node -r ./hook.js -e x", "inline-code"],
  ["node", "no-script"],
  ["psql", "no-script"],
  ["psql -h x shop", "no-script"],
  ["npx psql shop", "no-script"],
  ["mysql shop", "no-script"],
  ["mongosh mongodb://x", "no-script"],
  ["node -", "no-script"],
  ["node -i", "no-script"],
  ["node22 -e x", "inline-code"],
  ["python3 -c x", "inline-code"],
  ["python3.12 -Ic x", "inline-code"],
  ["python3 -W ignore -cx", "inline-code"],
  ["python3", "no-script"],
  ["perl -ne x", "inline-code"],
  ["perl5.36 -I lib -E x", "inline-code"],
  ["ruby -e x", "inline-code"],
  ["php -r x", "inline-code"],
  ["lua5.4 -e x", "inline-code"],
  ["deno eval x", "inline-code"],
  ["deno repl", "inline-code"],
  ["bun -e x", "inline-code"],
  ["osascript -e x", "inline-code"],
  ["awk BEGIN{x}", "inline-code"],
  ["mawk BEGIN{x}", "inline-code"],
  ["awk -f prog.awk", ""],
  ["gawk -f prog.awk -e x", "inline-code"],
  ["sed -f prog.sed -ne x", "inline-code"],
  ["node --import=data:text/javascript,x a.js", "inline-code"],
  ["node --import data:text/javascript,x a.js", "inline-code"],
  ["node a.js data.txt", ""],
  ["python3 -m timeit x", "inline-code"],
  ["python3 -mtimeit x", "inline-code"],
  ["python3 -m pytest", ""],
  ["python3 -i a.py", "no-script"],
  ["node --interactive a.js", "no-script"],
  ["deno run -", "no-script"],
  ["octave --eval x", "inline-code"],
  ["node --inspect=0.0.0.0:9229 a.js", "inspectable"],
  ["npx tsx --inspect-brk a.ts", "inspectable"],
  ["tmux new-session -d x", "stays"],
  ["crontab -", "stays"],
  // What prints, encodes, sends, looks into others.
  ["printenv", "prints-environment"],
  ["printenv API_KEY", "prints-environment"],
  ["env", "prints-environment"],
  ["env -u X node app.js", "prints-environment"],
  ["env sh -c x", "prints-environment shell-code"],
  ["set", "prints-environment"],
  ["jq -n env", "inline-code prints-environment"],
  ["cat /proc/self/environ", "reads-process"],
  ["cat //proc//1/environ", "reads-process"],
  ["grep -z . --file=/proc/self/environ", "reads-process"],
  ["cat ../../../proc/self/environ", "reads-process"],
  ["cat /tmp/../proc/self/environ", "reads-process"],
  ["cat /./proc/self/environ", "reads-process"],
  ["node ../../dev/stdin", "unpinned-code"],
  ["node src/proc/x.js ./proc/y.js", ""],
  ["cat /dev/stdin", "unpinned-code"],
  ["node /dev/fd/63", "unpinned-code"],
  ["xxd file", "encodes"],
  ["base64 file", "encodes"],
  ["openssl enc -base64", "encodes"],
  ["curl https", "sends"],
  ["wget x", "sends"],
  ["nc host 80", "sends"],
  ["ssh host", "sends"],
  ["gdb -p 1", "debugs"],
  ["strace -p 1", "debugs"],
  // Through a program that starts another.
  ["timeout 5 printenv", "prints-environment"],
  ["git -calias.x=!sh x", "shell-code"],
  ["npm explore z -- printenv", "prints-environment"],
  ["make X=$(shell_x)", "shell-code"],
  ["nix-shell --run x", "shell-code"],
  ["sqlite3 a.db .shell", ""],
  ["tini -- printenv", "prints-environment"],
  ["aws-vault exec dev -- sh -c x", "shell-code"],
  ["nice -n 5 sh -c x", "shell-code"],
  ["nohup curl x", "sends"],
  ["sudo -E env", "prints-environment"],
  ["timeout 5 nice sh -c x", "shell-code"],
  ["npx -c x", "shell-code"],
  ["npx cross-env A=1 node -e x", "inline-code"],
  ["npm exec -- node -e x", "inline-code"],
  ["pnpm exec printenv", "prints-environment"],
  ["pnpm dlx sh -c x", "shell-code"],
  ["uv run python -c x", "inline-code"],
  ["busybox sh -c x", "shell-code"],
  ["busybox env", "prints-environment"],
  ["xargs printenv", "prints-environment starts-anything"],
  ["find . -exec printenv", "prints-environment shell-code starts-anything"],
  ["git -c core.pager=x log", "shell-code"],
  ["git status", ""],
  ["make --eval=x", "shell-code"],
  ["script -c x", "shell-code"],
  ["watch ls", "shell-code"],
];

Deno.test("warningsFor() says what each command of the table can do", () => {
  for (const [command, expected] of TABLE) assert.equal(codes(command), expected, command);
});

Deno.test("warningsFor() marks all but the mildest as never to be granted", () => {
  for (const [command] of TABLE) {
    const [program, ...argv] = command.split(" ");
    for (const { code, neverListed, text } of warningsFor(program!, argv)) {
      assert.equal(neverListed, code !== "starts-anything");
      assert(text.length > 20 && !text.includes("\n"));
    }
  }
});

Deno.test("warningsFor() judges a program by its own name and by the file behind it", () => {
  const found = (name: string, real: string) => warningsFor(name, ["-c", "x"], real).map((warning) => warning.code);
  assert.deepEqual(found("/home/a/bin/tool", "/bin/bash"), ["shell-code"]);
  assert.deepEqual(found("/bin/sh", "/bin/busybox"), ["shell-code"]);
});

Deno.test("plainName() takes off folder, version and extension", () => {
  const names = {
    "/usr/bin/python3.12": "python",
    "perl5.36.0": "perl",
    "C:\\x\\PowerShell.EXE": "powershell",
    "/usr/lib/node_modules/npm/bin/npm-cli.js": "npm",
    "npx-cli.js": "npx",
    "base64": "base64",
    "base32": "base32",
    "wget2": "wget2",
    "7": "7",
  };
  for (const [path, name] of Object.entries(names)) assert.equal(plainName(path), name);
});

Deno.test("warningsFor() knows how a database's client gives a command to a shell, and what only looks so", () => {
  const codes = (program: string, ...argv: string[]) => warningsFor(program, argv).map(({ code }) => code).join(" ");
  assert.equal(codes("psql", "-c", "\\! id"), "shell-code");
  assert.equal(codes("mysql", "-e", "select 1; system id"), "shell-code");
  assert.equal(codes("mysql", "--execute=system id"), "shell-code");
  assert.equal(codes("sqlite3", "a.db", ".shell id"), "shell-code");
  assert.equal(codes("psql", "-c", "select shell, system from x"), "");
});
