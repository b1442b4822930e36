/** What a variable's name alone tells. */

/** Prefixes under which a build puts a variable into what every visitor gets. */
const PUBLIC_PREFIX =
  /^(?:NEXT_PUBLIC|PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|GATSBY|VUE_APP|STORYBOOK|NG_APP|PLASMO_PUBLIC|WXT_PUBLIC)_/;

/** Names of keys that are meant to be seen. */
const PUBLIC_NAME =
  /(?:^|_)(?:PUBLIC_KEY|PUBLISHABLE_KEY|PUB_KEY|PUBKEY|SITE_KEY|SITEKEY|ANON_KEY|VAPID_PUBLIC)(?:_|$)/;

/** Words of a name that stand for a secret, wherever they are. */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  ("SECRET SECRETS PASSWORD PASSWORDS PASSWD PASSWRD PASS PASSCODE PWD PW PASSPHRASE TOKEN TOKENS CREDENTIAL CREDENTIALS " +
    "CREDS APIKEY APIKEYS KEY KEYS PRIVATE PRIVKEY PRIVATEKEY SECRETKEY ACCESSKEY ACCESSTOKEN AUTHTOKEN MASTERKEY SALT " +
    "PEPPER SIGNATURE SIGNING ENCRYPTION HMAC JWT JWK JWKS PIN OTP TOTP MNEMONIC SEED AUTH BEARER COOKIE WEBHOOK PEM " +
    "PAT HASH KEYSTORE KEYPAIR LICENSE LICENCE DSN").split(" "),
);

/** Last words of a name that describe a secret, rather than being one, as long as the value is plain too. */
const ABOUT_WORDS: ReadonlySet<string> = new Set(
  ("TTL EXPIRES EXPIRY EXPIRATION EXPIRE IN AGE MAXAGE LENGTH LEN MIN MAX SIZE COUNT LIMIT TIMEOUT INTERVAL SECONDS " +
    "MINUTES HOURS DAYS MS ALGORITHM ALG ALGO ENABLED DISABLED ENABLE DISABLE REQUIRED URL URI ENDPOINT HOST HOSTNAME PORT " +
    "NAME ID IDS TYPE KIND ISSUER AUDIENCE AUD ISS HEADER PATH FILE FILENAME DIR FOLDER PROVIDER PROVIDERS REGION VERSION MODE LEVEL " +
    "DOMAIN DOMAINS EMAIL USER USERNAME PREFIX SUFFIX METHOD SCHEME STRATEGY FORMAT ROUNDS ROTATION SAMESITE SECURE SCOPE SCOPES " +
    "REALM TENANT STORE DRIVER BACKEND ROLE ALIAS").split(" "),
);

/** Last words of a name whose value identifies or describes something and is written down everywhere. */
const SETTING_WORDS: ReadonlySet<string> = new Set(
  ("ID IDS UUID GUID SHA COMMIT REVISION REV VERSION BRANCH TAG BUILD CHECKSUM DIGEST NAME USERNAME USER EMAIL REGION ZONE BUCKET " +
    "HOST HOSTNAME PORT DOMAIN LOCALE LANG LANGUAGE TIMEZONE TZ TITLE DESCRIPTION ENV ENVIRONMENT LEVEL MODE PATH DIR FILE NAMESPACE " +
    "ORIGIN ORIGINS PREFIX COLOR THEME MODEL DEBUG OPTIONS FLAGS ARGS TIMEOUT FORMAT DATE COUNTRY CURRENCY SID ARN")
    .split(" "),
);

/** What the name says, with the phrase that says it to a person. */
export interface NameVerdict {
  readonly kind: "public" | "secret" | "about-secret" | "setting" | "unknown";
  readonly reason: string;
}

/** Judges a name of any style: `API_KEY`, `apiKey`, `db.password`, `x-auth-token`. */
export function judgeName(key: string): NameVerdict {
  const words = wordsOf(key);
  const upper = words.join("_");
  const last = words.at(-1) ?? "";
  const prefix = PUBLIC_PREFIX.exec(upper)?.[0];
  if (prefix !== undefined) return { kind: "public", reason: `name begins with ${prefix}` };
  if (PUBLIC_NAME.test(upper) && !words.includes("SECRET")) return { kind: "public", reason: "name says a public key" };
  if (words.length > 1 && /^(?:MAX|MIN|NUM|TOTAL|USE|ENABLE|DISABLE|HAS|IS|REQUIRE)$/.test(words[0]!)) {
    return { kind: "about-secret", reason: `name begins with ${words[0]}_` };
  }
  if (SECRET_WORDS.has(last)) {
    return { kind: "secret", reason: words.length > 1 ? `name ends in _${last}` : `name is ${last}` };
  }
  const inner = words.find((word) => SECRET_WORDS.has(word));
  if (inner !== undefined) {
    if (ABOUT_WORDS.has(last)) return { kind: "about-secret", reason: `name ends in _${last}` };
    return { kind: "secret", reason: `name holds ${inner}` };
  }
  const glued = /(?:PASSWORD|PASSWD|SECRET|TOKEN|APIKEY|CREDENTIAL|PASSPHRASE)/.exec(upper.replaceAll("_", ""))?.[0];
  if (glued !== undefined) return { kind: "secret", reason: `name holds ${glued}` };
  if (SETTING_WORDS.has(last)) {
    return { kind: "setting", reason: words.length > 1 ? `name ends in _${last}` : `name is ${last}` };
  }
  return { kind: "unknown", reason: "" };
}

function wordsOf(key: string): string[] {
  const parted = key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Z])([A-Z][a-z])/g, "$1_$2");
  return parted.toUpperCase().split(/[^A-Z0-9]+/).filter((word) => /[A-Z]/.test(word)).map((word) =>
    word.replace(/\d+$/, "") || word
  );
}
