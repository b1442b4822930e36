import assert from "node:assert/strict";
import { OvError, Secret } from "../../src/base/mod.ts";
import { childEnvironment, HOOK_GROUPS, hookReason, isInjectableName } from "../../src/run/mod.ts";

const none: readonly Secret[] = [];

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert(error instanceof OvError);
    return error.code;
  }
  return "none";
}

Deno.test("childEnvironment() keeps the caller's variables and adds exactly the secrets named", () => {
  const caller = { PATH: "/usr/bin", HOME: "/home/someone", LANG: "C.UTF-8" };
  const environment = childEnvironment(caller, {
    origin: "agent",
    secrets: [Secret.fromText("API_KEY", "fake-value")],
  });
  assert.deepEqual({ ...environment }, { ...caller, API_KEY: "fake-value" });
  assert.deepEqual(caller, { PATH: "/usr/bin", HOME: "/home/someone", LANG: "C.UTF-8" });
});

Deno.test("childEnvironment() replaces an ambient variable of a named secret", () => {
  const environment = childEnvironment({ API_KEY: "ambient" }, {
    origin: "human",
    secrets: [Secret.fromText("API_KEY", "from-vault")],
  });
  assert.equal(environment.API_KEY, "from-vault");
});

// One literal name for each way in: a name that is lost from the table is found here.
const HOOKS = [
  ..."LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT DYLD_INSERT_LIBRARIES GLIBC_TUNABLES GCONV_PATH".split(" "),
  ..."BASH_ENV ENV BASH_FUNC_ls%% SHELLOPTS BASHOPTS PROMPT_COMMAND PS4 IFS ZDOTDIR".split(" "),
  ..."NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED DENO_DIR BUN_OPTIONS".split(" "),
  ..."npm_config_node_options npm_config_script_shell NPM_CONFIG_USERCONFIG npm_execpath YARN_RC_FILENAME".split(" "),
  ..."PYTHONPATH PYTHONSTARTUP PYTHONHOME PYTHONINSPECT PERL5LIB PERL5OPT PERLLIB RUBYOPT RUBYLIB".split(" "),
  ..."JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH DOTNET_STARTUP_HOOKS PHPRC LUA_INIT_5_4".split(" "),
  ..."GIT_SSH GIT_SSH_COMMAND GIT_EXTERNAL_DIFF GIT_PAGER GIT_EDITOR GIT_ASKPASS GIT_CONFIG_COUNT".split(" "),
  ..."GIT_CONFIG_KEY_0 GIT_CONFIG_GLOBAL GIT_EXEC_PATH GIT_PROXY_COMMAND GIT_TEMPLATE_DIR GIT_DIR".split(" "),
  ..."GIT_SEQUENCE_EDITOR GIT_TRACE SSH_ASKPASS PAGER EDITOR VISUAL LESSOPEN BROWSER MAKEFLAGS MAKEFILES".split(" "),
  ..."PREFIX XDG_CONFIG_HOME XDG_CACHE_HOME JAVA_HOME VOLTA_HOME VIRTUAL_ENV PYTEST_ADDOPTS PYTEST_PLUGINS KUBECONFIG"
    .split(" "),
  ..."DOCKER_HOST DOCKER_CONFIG COMPOSE_FILE AWS_CONFIG_FILE TF_CLI_ARGS GRADLE_OPTS CLOUDSDK_PYTHON PSQLRC".split(" "),
  ..."NODE_PRESERVE_SYMLINKS_MAIN BASH_LOADABLES_PATH RBENV_HOOK_PATH KRB5_CONFIG RUSTUP_TOOLCHAIN CARGO_HOME".split(
    " ",
  ),
  ..."GOFLAGS RUSTC_WRAPPER CARGO_BUILD_RUSTC_WRAPPER SSL_CERT_FILE SSLKEYLOGFILE OPENSSL_CONF CURL_HOME".split(" "),
];

Deno.test("childEnvironment() removes every loader and interpreter hook when an agent asks, and none when a person does", () => {
  for (const name of HOOKS) {
    const caller = { PATH: "/usr/bin", [name]: "planted" };
    assert.deepEqual(Object.keys(childEnvironment(caller, { origin: "agent", secrets: none })), ["PATH"], name);
    assert.deepEqual(Object.keys(childEnvironment(caller, { origin: "human", secrets: none })), ["PATH", name], name);
  }
});

Deno.test("hookReason() leaves ordinary variables alone", () => {
  const ordinary =
    "PATH HOME USER LOGNAME SHELL TERM LANG LC_ALL TZ TMPDIR NODE_ENV GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL HTTPS_PROXY CI COLORTERM FORCE_COLOR CLOUDFLARE_ENV XDG_RUNTIME_DIR SSH_AUTH_SOCK";
  for (const name of ordinary.split(" ")) assert.equal(hookReason(name), null, name);
});

Deno.test("hookReason() knows variables by which a common library starts a program or loads code", () => {
  const hooks = "PRISMA_SCHEMA_ENGINE_BINARY NODE_CONFIG_DIR FLASK_APP DJANGO_SETTINGS_MODULE GUNICORN_CMD_ARGS " +
    "PUPPETEER_EXECUTABLE_PATH PLAYWRIGHT_BROWSERS_PATH EXINIT TYPEORM_ENTITIES MIKRO_ORM_CLI_CONFIG COVERAGE_PROCESS_START " +
    "DOTENV_CONFIG_PATH BABEL_CACHE_PATH V8_COMPILE_CACHE_CACHE_DIR GOCACHEPROG GOWORK CC CMAKE_TOOLCHAIN_FILE SPRING_SERVER_COMMAND";
  for (const name of hooks.split(" ")) assert(hookReason(name) !== null, name);
});

Deno.test("HOOK_GROUPS gives a reason for each group, upper-case names, and none twice", () => {
  const names = HOOK_GROUPS.flatMap((group) => group.names);
  assert(names.length > 100);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[A-Z0-9_]+\*?$/);
  for (const group of HOOK_GROUPS) assert(group.reason.length > 10);
});

Deno.test("childEnvironment() removes OV_* for an agent and for a person", () => {
  for (const origin of ["agent", "human"] as const) {
    const caller = { OV_PASSWORD_FILE: "/x", OV_HOME: "/y", ov_debug: "1", OVEN: "kept" };
    assert.deepEqual({ ...childEnvironment(caller, { origin, secrets: none }) }, { OVEN: "kept" });
  }
});

Deno.test("childEnvironment() passes on odd variables as data and skips what no environment can hold", () => {
  const caller = JSON.parse('{"__proto__":"p","constructor":"c","":"x","A=B":"x","N":"a\\u0000b"}');
  const environment = childEnvironment(caller, { origin: "agent", secrets: none });
  assert.deepEqual(Object.entries(environment), [["__proto__", "p"], ["constructor", "c"]]);
});

Deno.test("childEnvironment() refuses a value with a NUL, a value that is not UTF-8, a bad name and a repeated one", () => {
  const refuse = (...secrets: Secret[]) => codeOf(() => childEnvironment({}, { origin: "human", secrets }));
  assert.equal(refuse(new Secret("A", new Uint8Array([65, 0, 66]))), "usage/value");
  assert.equal(refuse(new Secret("A", new Uint8Array([0xc3, 0x28]))), "usage/value");
  assert.equal(refuse(Secret.fromText("A-B", "x")), "usage/name");
  assert.equal(refuse(Secret.fromText("1A", "x")), "usage/name");
  assert.equal(refuse(Secret.fromText("A", "x"), Secret.fromText("A", "y")), "usage/value");
  assert.equal(refuse(Secret.fromText("A", "x")), "none");
});

Deno.test("childEnvironment() names the secret in a refusal and never its value", () => {
  try {
    childEnvironment({}, { origin: "human", secrets: [Secret.fromText("API_KEY", "fake\0secret")] });
    assert.fail();
  } catch (error) {
    assert(error instanceof OvError);
    assert.match(error.message, /API_KEY/);
    assert.doesNotMatch(`${error.message} ${error.hint}`, /fake|secret\b.*fake/);
  }
});

Deno.test("childEnvironment() keeps a multi-line value and characters outside ASCII as they are", () => {
  const value = "-----BEGIN FAKE-----\nü€😀\t$x `y`\r\n-----END FAKE-----\n";
  const environment = childEnvironment({}, { origin: "human", secrets: [Secret.fromText("PEM", value)] });
  assert.equal(environment.PEM, value);
});

Deno.test("isInjectableName() accepts what a shell can read", () => {
  for (const name of ["A", "_a", "a1_B"]) assert(isInjectableName(name), name);
  for (const name of ["", "1A", "A-B", "A.B", "Ä", "A B", "A\n"]) assert(!isInjectableName(name), name);
});
