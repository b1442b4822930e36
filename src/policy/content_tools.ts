/**
 * What a tool reads without being told: its configuration, which can name code to load or a program to start, and the
 * files that it finds by itself. The configuration is bound, with every file that it names; what the tool finds by itself
 * (tests, sources, plugins of packages) can not be known here, and is said to whoever is asked.
 */

import { filesByName } from "./content_startup.ts";

/** Configurations of any ending that a JavaScript tool reads as code or as data. */
const anyOf = (...stems: string[]) =>
  stems.flatMap((stem) => ["js", "mjs", "cjs", "ts", "mts", "cts", "json", "jsonc"].map((end) => `${stem}.${end}`));

const rc = (...stems: string[]) =>
  stems.flatMap((
    stem,
  ) => [stem, ...["js", "cjs", "mjs", "json", "jsonc", "yaml", "yml"].map((end) => `${stem}.${end}`)]);

const ENV_FILES = [".env", ".env.local", ".env.development", ".env.production", ".env.test"];
const BABEL = [...anyOf("babel.config"), ...rc(".babelrc")];
const PYTHON = ["pyproject.toml", "setup.cfg", "tox.ini"];
const VITE = [...anyOf("vite.config"), ...ENV_FILES];

/** Files by the plain name of the tool. A name in several rows has the files of each. */
const TOOLS: readonly (readonly [names: string, files: readonly string[]])[] = [
  ["wrangler", ["wrangler.toml", "wrangler.json", "wrangler.jsonc", ".env", ".env.local"]],
  ["vitest", [...anyOf("vitest.config", "vitest.workspace"), ...VITE]],
  ["vite astro nuxt nuxi svelte-kit", [...VITE, ...anyOf("astro.config", "nuxt.config", "svelte.config")]],
  ["jest", [...anyOf("jest.config"), ...BABEL]],
  ["babel babel-node", BABEL],
  ["mocha", rc(".mocharc")],
  ["ava", anyOf("ava.config")],
  ["tap c8 nyc", [".taprc", ".nycrc", ".nycrc.json", ".c8rc.json", ...anyOf("nyc.config")]],
  ["playwright", anyOf("playwright.config")],
  ["cypress", anyOf("cypress.config", "cypress")],
  ["eslint", [...anyOf("eslint.config"), ...rc(".eslintrc")]],
  ["prettier", [...anyOf("prettier.config"), ...rc(".prettierrc")]],
  ["tsc tsx ts-node tsup", [...anyOf("tsconfig", "tsup.config")]],
  ["webpack", [...anyOf("webpack.config"), ...BABEL]],
  ["rollup", anyOf("rollup.config")],
  ["next", [...anyOf("next.config", "tsconfig"), ...BABEL, ...ENV_FILES]],
  ["nodemon", ["nodemon.json"]],
  ["turbo", anyOf("turbo")],
  ["nx", ["nx.json", "project.json"]],
  ["lerna", ["lerna.json"]],
  ["pm2", anyOf("ecosystem.config")],
  ["knex", anyOf("knexfile")],
  ["drizzle-kit", anyOf("drizzle.config")],
  ["prisma", ["prisma/schema.prisma", ".env", ...anyOf("prisma.config")]],
  ["serverless sls", ["serverless.yml", "serverless.yaml", ...anyOf("serverless")]],
  ["cdk", ["cdk.json"]],
  ["vercel", ["vercel.json"]],
  ["netlify", ["netlify.toml"]],
  ["firebase", ["firebase.json", ".firebaserc"]],
  ["pulumi", ["Pulumi.yaml"]],
  ["dotenv dotenvx env-cmd dotenv-cli", [...ENV_FILES, ...rc(".env-cmdrc")]],
  ["bun bunx", [...ENV_FILES, "bunfig.toml", "tsconfig.json"]],
  ["pytest py", ["pytest.ini", ".pytest.ini", "conftest.py", ...PYTHON]],
  ["unittest doctest", []],
  ["tox", PYTHON],
  ["nox", ["noxfile.py", ...PYTHON]],
  ["uv poetry pdm hatch", ["pyproject.toml", "uv.toml", "poetry.toml", "hatch.toml", ".env"]],
  ["pipenv", ["Pipfile", ".env"]],
  ["flask", [".env", ".flaskenv", "app.py", "wsgi.py"]],
  ["alembic", ["alembic.ini", "alembic/env.py"]],
  ["uvicorn gunicorn hypercorn daphne fastapi streamlit celery django-admin", ["gunicorn.conf.py", ...PYTHON]],
  ["invoke inv", ["tasks.py", ...PYTHON]],
  ["ansible ansible-playbook", ["ansible.cfg"]],
  ["rake", ["rakefile", "Rakefile", "rakefile.rb", "Rakefile.rb"]],
  ["bundle rspec rails", ["Gemfile", "Gemfile.lock", ".bundle/config", ".rspec"]],
  ["gradle gradlew", [
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "gradle.properties",
  ]],
  ["mvn mvnw", ["pom.xml", ".mvn/extensions.xml", ".mvn/jvm.config", ".mvn/maven.config"]],
  ["ant", ["build.xml"]],
  ["sbt", ["build.sbt"]],
  ["cargo", ["Cargo.toml", ".cargo/config.toml", ".cargo/config", "build.rs"]],
  ["go", ["go.mod", "go.work"]],
  ["docker", [".env", "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml", "Dockerfile"]],
  ["task", ["Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml", ".env"]],
  ["direnv", [".envrc"]],
  ["mise", ["mise.toml", ".mise.toml", ".tool-versions"]],
  ["composer", ["composer.json"]],
  ["phpunit", ["phpunit.xml", "phpunit.xml.dist"]],
  ["terraform tofu", []],
];

const FILES = filesByName(TOOLS);

/** Tools that only start something else, which is followed. */
const ONLY_START: ReadonlySet<string> = new Set(
  "bun bunx tsx ts-node dotenv dotenvx env-cmd dotenv-cli direnv mise uv poetry pdm hatch pipenv c8 nyc".split(" "),
);

/** Names of the files that a tool reads by itself, in its folder or above; `null` where it is none that is known. */
export function toolFiles(name: string): readonly string[] | null {
  return FILES.get(name) ?? null;
}

/** Whether the tool finds what it runs by itself. */
export function findsByItself(name: string): boolean {
  return FILES.has(name) && !ONLY_START.has(name);
}

/** Subcommands with which tools load files anew when these change while they run; without one, the tool always does. */
const WATCHERS = filesByName([
  ["nodemon ts-node-dev tsnd watchexec entr reflex", []],
  ["vite wrangler next nuxt nuxi astro remix netlify vercel expo", ["dev", "serve", "start"]],
  ["tsx cargo", ["watch"]],
]);

/** Whether a call loads files anew when they change while it runs. */
export function isWatching(name: string, args: readonly string[]): boolean {
  if (args.some((arg) => /^--(?:watch|hot|reload|live-reload)(?:$|=|-)/.test(arg))) return true;
  const commands = WATCHERS.get(name);
  if (commands === undefined) return false;
  // `vite` alone is `vite dev`.
  const command = args.find((arg) => !arg.startsWith("-")) ?? (name === "vite" ? "dev" : "");
  return commands.length === 0 || commands.includes(command);
}

/** Languages of which only the files named are bound, and nothing that they load. */
const NOT_FOLLOWED: ReadonlySet<string> = new Set(
  "ruby perl php lua luajit rscript r julia elixir erl tclsh groovy scala guile java".split(" "),
);

/** Whether what a program of this plain name loads is not followed. */
export function isNotFollowed(name: string): boolean {
  return NOT_FOLLOWED.has(name);
}

/** Longest configuration that is looked into, in characters, and most of its words that are looked up. */
const MAX_TEXT = 256 * 1024;
const MAX_WORDS = 500;

/** Words of a configuration that could name a file, whatever its form: what stands in quotes, and what stands alone. */
export function wordsOfConfiguration(text: string): string[] {
  if (text.length > MAX_TEXT) return [];
  const words = text.replaceAll("${HOME}", "$HOME").matchAll(
    /"([^"\n]{1,512})"|'([^'\n]{1,512})'|([^\s"'=:,;[\]{}()<>]{2,512})/g,
  );
  const found = new Set<string>();
  for (const match of words) {
    const word = match[1] ?? match[2] ?? match[3]!;
    for (const part of [word, ...word.split(/\s+/)]) if (/[./]/.test(part)) found.add(part);
    if (found.size > MAX_WORDS) break;
  }
  return [...found];
}
