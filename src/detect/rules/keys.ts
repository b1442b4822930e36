import { type Rule, token } from "../rule.ts";

/** Keys in files, tokens that carry claims, and other vaults' own keys. */
export const KEY_RULES: readonly Rule[] = [
  {
    id: "private-key",
    label: "a private key",
    keywords: ["private key"],
    // The body may be missing its end, have its line ends escaped, or be commented out; the header alone is no secret.
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\\nr>#|"'+,]{0,40}(?:[A-Za-z-]+: [^\n\\]{0,200}[\s\\nr]{1,8}){0,4}[A-Za-z0-9+/=][A-Za-z0-9+/=\s\\>#|"',]{30,16000}(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?/g,
    positives: [
      "-----BEGIN PRIVATE KEY-----\n{base64:64}\n{base64:40}\n-----END PRIVATE KEY-----",
      "-----BEGIN RSA PRIVATE KEY-----\\n{base64:64}\\n",
      "-----BEGIN OPENSSH PRIVATE KEY-----\r\n{base64:70}",
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{base64:64}\n",
      "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{base64:64}",
    ],
    negatives: [
      "-----BEGIN PUBLIC KEY-----\n{base64:64}\n-----END PUBLIC KEY-----",
      "-----BEGIN CERTIFICATE-----\n{base64:64}",
      "the line -----BEGIN PRIVATE KEY----- marks it",
    ],
  },
  {
    id: "putty-key",
    label: "a private key",
    keywords: ["putty-user-key-file"],
    pattern: /PuTTY-User-Key-File-[23]: [\s\S]{0,4000}?Private-Lines: \d+[\s\\nr]+[A-Za-z0-9+/=\s\\]{30,8000}/g,
    positives: ["PuTTY-User-Key-File-3: ssh-ed25519\nPublic-Lines: 1\n{base64:60}\nPrivate-Lines: 1\n{base64:48}\n"],
    negatives: ["PuTTY-User-Key-File-3: ssh-ed25519"],
  },
  {
    id: "age-secret-key",
    label: "an age key",
    keywords: ["age-secret-key-", "age-plugin-"],
    pattern: token("AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}|AGE-SECRET-KEY-PQ-1[A-Z0-9]{58,100}"),
    positives: ["AGE-SECRET-KEY-1{bech32:58}"],
    negatives: ["age1{lower:58}", "AGE-SECRET-KEY-1"],
  },
  {
    id: "jwt",
    label: "a signed token (JWT)",
    keywords: ["eyj"],
    pattern: token("eyJ[\\w-]{10,2000}\\.eyJ[\\w-]{8,8000}\\.[\\w-]{20,2000}"),
    accept: isSignedToken,
    publishable: true,
    positives: ["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NSJ9.{url64:42}a"],
    negatives: [
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NSJ9.",
      "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NSJ9.{alnum:43}",
      "eyJub3QiOiJhIGhlYWRlciJ9.eyJzdWIiOiIxMjM0NSJ9.{alnum:43}",
    ],
  },
  {
    id: "vault-token",
    label: "a Vault token",
    keywords: ["hvs.", "hvb.", "hvr."],
    pattern: token("hv[sbr]\\.[\\w-]{24,300}"),
    accept: (secret) => /[0-9]/.test(secret),
    positives: ["hvs.C4{alnum:90}", "hvb.A1{alnum:120}"],
    negatives: ["hvs.x", "hvs.some_long_method_name_here_is_fine"],
  },
  {
    id: "doppler-token",
    label: "a Doppler token",
    keywords: ["dp."],
    pattern: token(
      "dp\\.(?:ct|pt|scim|audit|sa|said)\\.[A-Za-z0-9]{40,44}|dp\\.st\\.(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}",
    ),
    positives: ["dp.pt.{alnum:43}", "dp.st.dev_personal.{alnum:43}", "dp.st.{alnum:43}"],
    negatives: ["dp.st.dev", "dp.pt.{alnum:10}"],
  },
  {
    id: "onepassword-token",
    label: "a 1Password token",
    keywords: ["ops_eyj", "a3-"],
    pattern: token(
      "ops_eyJ[A-Za-z0-9+/]{250,4000}={0,3}|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}",
    ),
    positives: ["ops_eyJ{alnum:300}", "A3-{upper:6}-{upper:6}-{upper:5}-{upper:5}-{upper:5}-{upper:5}"],
    negatives: ["A3-PAPER"],
  },
  {
    id: "dotenvx-private-key",
    label: "a dotenvx key",
    keywords: ["dotenv_private_key"],
    pattern: /DOTENV_PRIVATE_KEY\w{0,40}\s{0,4}[=:]\s{0,4}["']?(?<secret>[a-f0-9]{64})/g,
    positives: ['DOTENV_PRIVATE_KEY_PRODUCTION="{hex:64}"'],
    negatives: ["DOTENV_PUBLIC_KEY={hex:66}"],
  },
];

/** Whether the first part is a JOSE header that names a signature (RFC 7515 §4.1.1), not just text that begins alike. */
function isSignedToken(text: string): boolean {
  const [header = ""] = text.split(".");
  try {
    const bytes = Uint8Array.fromBase64(header, { alphabet: "base64url" });
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof parsed === "object" && parsed !== null && "alg" in parsed && parsed.alg !== "none";
  } catch {
    return false;
  }
}
