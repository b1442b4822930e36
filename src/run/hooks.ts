/**
 * Environment variables that make a program load or start something that is not on its command line. A grant binds a
 * command and its content; each of these would let the one who asks for the run change what the command does without
 * changing either. They are removed when an agent asks (DESIGN §5); a person at a terminal keeps them.
 *
 * `HOME` and `PATH` can do as much and stay, because nothing runs without them: the program is resolved and shown, and
 * what `PATH` adds to it is pinned (`policy/content_scripts.ts`).
 */

/** Why a group of variables is removed, and their names; a name that ends with `*` stands for all that start so. */
export interface HookGroup {
  readonly reason: string;
  readonly names: readonly string[];
}

/** Every hook, in groups. Names are compared without case: npm reads its own in any. */
export const HOOK_GROUPS: readonly HookGroup[] = [
  {
    reason: "the dynamic loader, or the C library, loads code or writes files that it names",
    names: [
      "LD_*",
      "DYLD_*",
      "_RLD*",
      "GLIBC_TUNABLES",
      "GCONV_PATH",
      "GETCONF_DIR",
      "LOCPATH",
      "NLSPATH",
      "MALLOC_TRACE",
      "HOSTALIASES",
      "LOCALDOMAIN",
      "RES_OPTIONS",
      "RESOLV_HOST_CONF",
    ],
  },
  {
    reason: "a shell runs it, or reads the file that it names, before the script",
    names: [
      "BASH_ENV",
      "ENV",
      "BASH_FUNC_*",
      "BASH_XTRACEFD",
      "BASHOPTS",
      "SHELLOPTS",
      "PROMPT_COMMAND",
      "PS0",
      "PS1",
      "PS2",
      "PS4",
      "IFS",
      "CDPATH",
      "GLOBIGNORE",
      "ZDOTDIR",
      "FPATH",
    ],
  },
  {
    reason: "a JavaScript runtime or its package manager loads code or configuration from it",
    names: [
      "NODE_OPTIONS",
      "NODE_PATH",
      "NODE_REPL_EXTERNAL_MODULE",
      "NODE_COMPILE_CACHE",
      "NODE_V8_COVERAGE",
      "NODE_REDIRECT_WARNINGS",
      "NODE_ICU_DATA",
      "NODE_CHANNEL_FD",
      "NODE_CHANNEL_SERIALIZATION_MODE",
      "NODE_PENDING_DEPRECATION",
      "ELECTRON_RUN_AS_NODE",
      "TS_NODE_*",
      "TSX_*",
      "DENO_*",
      "BUN_*",
      "NPM_CONFIG_*",
      "NPM_EXECPATH",
      "NPM_NODE_EXECPATH",
      "PNPM_*",
      "YARN_*",
      "COREPACK_*",
      "ESBUILD_BINARY_PATH",
      "MINIFLARE_WORKERD_PATH",
    ],
  },
  {
    reason: "an interpreter loads modules or options from it",
    names: [
      "PYTHON*",
      "PIP_*",
      "UV_*",
      "PERL5*",
      "PERLLIB",
      "PERL_*",
      "RUBY*",
      "JRUBY_OPTS",
      "GEM_*",
      "BUNDLE_*",
      "PHPRC",
      "PHP_INI_SCAN_DIR",
      "LUA_INIT*",
      "LUA_PATH*",
      "LUA_CPATH*",
      "R_PROFILE*",
      "R_ENVIRON*",
      "R_LIBS*",
      "JULIA_*",
      "ERL_*",
      "ELIXIR_ERL_OPTIONS",
      "TCLLIBPATH",
      "AWKPATH",
      "AWKLIBPATH",
      "JAVA_TOOL_OPTIONS",
      "_JAVA_OPTIONS",
      "JDK_JAVA_OPTIONS",
      "JAVA_OPTS",
      "CLASSPATH",
      "MAVEN_OPTS",
      "MAVEN_ARGS",
      "GRADLE_OPTS",
      "DOTNET_STARTUP_HOOKS",
      "DOTNET_ADDITIONAL_DEPS",
      "DOTNET_SHARED_STORE",
      "CORECLR_*",
      "COR_*",
      "COMPLUS_*",
      "PSMODULEPATH",
    ],
  },
  {
    reason: "a build tool starts what it names, or reads a file that it names",
    names: [
      "MAKEFLAGS",
      "MFLAGS",
      "GNUMAKEFLAGS",
      "MAKEFILES",
      "JUST_*",
      "GOFLAGS",
      "GOENV",
      "GOROOT",
      "GOTOOLDIR",
      "RUSTC*",
      "RUSTFLAGS",
      "RUSTDOCFLAGS",
      "CARGO_BUILD_*",
      "CARGO_TARGET_*",
      "CARGO_ENCODED_RUSTFLAGS",
    ],
  },
  {
    reason: "an archiver or a copying program takes options from it, which can start programs",
    names: ["TAR_OPTIONS", "GZIP", "BZIP", "BZIP2", "XZ_OPT", "XZ_DEFAULTS", "ZIPOPT", "UNZIP", "RSYNC_*", "CPIO_*"],
  },
  {
    reason: "git starts what it names, or reads a repository or configuration that it names",
    names: [
      "GIT_SSH",
      "GIT_SSH_COMMAND",
      "GIT_SSH_VARIANT",
      "GIT_PROXY_COMMAND",
      "GIT_EXTERNAL_DIFF",
      "GIT_PAGER",
      "GIT_EDITOR",
      "GIT_SEQUENCE_EDITOR",
      "GIT_ASKPASS",
      "GIT_CONFIG*",
      "GIT_EXEC_PATH",
      "GIT_TEMPLATE_DIR",
      "GIT_DIR",
      "GIT_COMMON_DIR",
      "GIT_OBJECT_DIRECTORY",
      "GIT_ALTERNATE_OBJECT_DIRECTORIES",
      "GIT_ATTR_*",
      "GIT_TRACE*",
      "GIT_REDIRECT_*",
      "GIT_ALLOW_PROTOCOL",
      "GIT_SSL_*",
    ],
  },
  {
    reason: "a program starts it to show, edit or ask",
    names: [
      "PAGER",
      "MANPAGER",
      "SYSTEMD_PAGER",
      "LESSOPEN",
      "LESSCLOSE",
      "LESSKEY*",
      "LESS",
      "EDITOR",
      "VISUAL",
      "BROWSER",
      "SSH_ASKPASS*",
      "SUDO_ASKPASS",
      "SUDO_EDITOR",
    ],
  },
  {
    reason: "it changes who is trusted on the network, or writes down the keys of a connection",
    names: [
      "NODE_EXTRA_CA_CERTS",
      "NODE_TLS_REJECT_UNAUTHORIZED",
      "NODE_USE_SYSTEM_CA",
      "SSL_CERT_FILE",
      "SSL_CERT_DIR",
      "SSLKEYLOGFILE",
      "REQUESTS_CA_BUNDLE",
      "CURL_CA_BUNDLE",
      "CURL_HOME",
      "WGETRC",
      "AWS_CA_BUNDLE",
      "OPENSSL_CONF*",
      "OPENSSL_ENGINES",
      "OPENSSL_MODULES",
    ],
  },
  {
    reason: "a graphical library loads modules from it",
    names: ["GTK_MODULES", "GTK_PATH", "GIO_EXTRA_MODULES", "GIO_MODULE_DIR", "QT_PLUGIN_PATH", "QT_QPA_*"],
  },
];

const exact = new Map<string, string>();
const prefixes: [string, string][] = [];
for (const { reason, names } of HOOK_GROUPS) {
  for (const name of names) {
    if (name.endsWith("*")) prefixes.push([name.slice(0, -1), reason]);
    else exact.set(name, reason);
  }
}

/** Why the variable `name` is a hook, or `null` where it is none. */
export function hookReason(name: string): string | null {
  const upper = name.toUpperCase();
  return exact.get(upper) ?? prefixes.find(([prefix]) => upper.startsWith(prefix))?.[1] ?? null;
}
