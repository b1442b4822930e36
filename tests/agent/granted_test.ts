/**
 * What a program of the same user makes of a grant and an open agent, with nothing but its own environment: `ov run` asks
 * for no password then, so whatever runs must be what was granted.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { AgentWorld, NAME } from "./world.ts";

const CODE = `require("node:fs").writeFileSync(process.env.LOOT, String(process.env.${NAME}))`;
const SHELL_CODE = `#!/bin/sh\nprintenv ${NAME} > "$LOOT"\n`;

interface Attack {
  /** What the attacker does. */
  readonly name: string;
  readonly command: readonly string[];
  /** Files of the project, and of the attacker's own folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly planted: Readonly<Record<string, string>>;
  /** The attacker's environment; `@` is their folder. */
  readonly env: Readonly<Record<string, string>>;
  /** What they start first, in the project. */
  readonly first?: readonly string[];
}

const ATTACKS: readonly Attack[] = [
  {
    name: "NODE_OPTIONS",
    command: ["node", "app.js"],
    files: { "app.js": "console.log('ran')" },
    planted: { "evil.cjs": CODE },
    // As the launcher hands it on.
    env: { OV_NODE_OPTIONS: "--require=@/evil.cjs" },
  },
  {
    name: "a program on PATH that the script starts",
    command: ["node", "app.js"],
    files: { "app.js": "require('node:child_process').spawnSync('git', ['version']); console.log('ran')" },
    planted: { "git": SHELL_CODE },
    env: { PATH: "@:/usr/local/bin:/usr/bin:/bin" },
  },
  {
    name: "a home folder with a module for every Python",
    command: ["/usr/bin/python3", "app.py"],
    files: { "app.py": "print('ran')" },
    planted: {
      "usercustomize.py": `import os\nopen(os.environ["LOOT"], "w").write(os.environ.get("${NAME}", ""))\n`,
    },
    env: { HOME: "@" },
  },
  {
    name: "npm's global configuration",
    command: ["npm", "run", "-s", "app"],
    files: { "package.json": JSON.stringify({ scripts: { app: "echo ran" } }) },
    planted: { "etc/npmrc": "script-shell=@/evil\n", "evil": `${SHELL_CODE}exec /bin/sh "$@"\n` },
    env: { PREFIX: "@" },
  },
  {
    name: "options for every pytest",
    command: ["/usr/bin/python3", "app.py"],
    files: { "app.py": "import os\nprint('ran' if 'PYTEST_ADDOPTS' not in os.environ else 'hooked')" },
    planted: {},
    env: { PYTEST_ADDOPTS: "-p evil" },
  },
  {
    name: "another way to the same folder",
    command: ["sh", "up.sh"],
    files: { "up.sh": "cd .. && if [ -x ./tool ]; then ./tool; fi\necho ran\n" },
    planted: { "tool": SHELL_CODE },
    env: { PWD: "@/way" },
    first: ["/bin/ln", "-s", "../project", "@/way"],
  },
  {
    name: "a compiled module beside one that was granted",
    command: ["/usr/bin/python3", "app.py"],
    files: { "app.py": "import util\nutil.go()", "util.py": "def go(): print('ran')\n" },
    planted: {
      "evil.py": `import os\nopen(os.environ["LOOT"], "w").write(os.environ["${NAME}"])\ndef go(): print('ran')\n`,
      "compile.py": "import py_compile, sys\n" +
        "to = '__pycache__/util.' + sys.implementation.cache_tag + '.pyc'\n" +
        "py_compile.compile('@/evil.py', to, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)\n",
    },
    env: {},
    first: ["/usr/bin/python3", "@/compile.py"],
  },
];

Deno.test("a command that a grant allows is not changed by the environment of whoever asks for it", async (t) => {
  for (const { name, command, files, planted, env, first } of ATTACKS) {
    await t.step(name, async () => {
      await using agent = await AgentWorld.unlocked();
      const folder = join(agent.world.folder, "attacker");
      const loot = join(agent.world.folder, "loot");
      for (const [path, text] of Object.entries(files)) await agent.world.write(path, text);
      for (const [path, text] of Object.entries(planted)) {
        await agent.world.write(join("..", "attacker", path), text.replaceAll("@", folder), 0o755);
      }
      await plantForPython(folder);
      await agent.grant(...command);
      if (first !== undefined) {
        const [program, ...args] = first.map((word) => word.replaceAll("@", folder));
        assert.equal((await agent.world.run(program!, args)).code, 0);
      }
      const theirs = Object.fromEntries(
        Object.entries(env).map(([key, value]) => [key, value.replaceAll("@", folder)]),
      );
      const ended = await agent.run(command, { env: { ...theirs, LOOT: loot } });
      const taken = await Deno.readTextFile(loot).catch(() => "");
      assert.ok(!taken.includes(agent.value), "the attacker has the value");
      // Where nothing was changed it runs; where something was, it is asked about, and nobody is there to type.
      const isAsked = ended.code === 4 || /Cannot ask on the terminal/.test(ended.stderr);
      assert.ok(isAsked || ended.stdout === "ran\n", `${ended.code} ${ended.stdout} ${ended.stderr}`);
    });
  }
});

/** `usercustomize.py` in the place where the system's Python looks below its home. */
async function plantForPython(folder: string): Promise<void> {
  const source = join(folder, "usercustomize.py");
  const text = await Deno.readTextFile(source).catch(() => null);
  if (text === null) return;
  const { stdout } = await new Deno.Command("/usr/bin/python3", {
    args: ["-c", "import site; print(site.getusersitepackages())"],
    env: { HOME: folder },
  }).output();
  const site = new TextDecoder().decode(stdout).trim();
  assert.ok(site.startsWith(folder), site);
  await Deno.mkdir(site, { recursive: true });
  await Deno.writeTextFile(join(site, "usercustomize.py"), text);
}
