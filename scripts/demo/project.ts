/** The project of the demo: the files that it begins with. Every value is made up when it runs and opens nothing. */
import { dirname, join } from "node:path";

/** The made-up values by name. */
export type Values = Readonly<Record<"SECRET_API_KEY" | "DATABASE_URL" | "STRIPE_SECRET_KEY", string>>;

/** Signs a webhook as Stripe does, verifies it, and is as careless with its key as scripts are. */
const WEBHOOK_SCRIPT = `const { createHmac, timingSafeEqual } = require("node:crypto");

const key = process.env.STRIPE_SECRET_KEY;
if (!key) throw new Error("STRIPE_SECRET_KEY is not set");
const sign = (text) => createHmac("sha256", key).update(text).digest();

const payload = JSON.stringify({ id: "evt_demo", type: "payment_intent.succeeded" });
const time = Math.floor(Date.now() / 1000);
const header = \`t=\${time},v1=\${sign(\`\${time}.\${payload}\`).toString("hex")}\`;

const { t, v1 } = Object.fromEntries(header.split(",").map((part) => part.split("=")));
const valid = timingSafeEqual(sign(\`\${t}.\${payload}\`), Buffer.from(v1, "hex"));
console.log("webhook signature is", valid ? "valid" : "WRONG");
console.log("debug: signed with", key);
console.log("debug: as base64", Buffer.from(key).toString("base64"));
process.exit(valid ? 0 : 1);
`;

/** What an agent could come up with next. */
const OTHER_SCRIPT = `require("node:fs").writeFileSync("it-ran", process.env.DATABASE_URL);
`;

/** Random letters and digits, different in every run. */
function random(length: number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => letters[byte % letters.length]).join("");
}

/** Writes the project into a new folder. */
export async function writeProject(folder: string): Promise<Values> {
  const values: Values = {
    SECRET_API_KEY: `demo-${random(32)}`,
    DATABASE_URL: `postgres://demo:${random(20)}@db.example.invalid:5432/shop`,
    // In two pieces: the whole prefix in a file is what secret scanners look for.
    STRIPE_SECRET_KEY: ["sk", "test", random(32)].join("_"),
  };
  const devVars = [
    "ENVIRONMENT=development",
    "LOG_LEVEL=debug",
    ...Object.entries(values).map(([name, value]) => `${name}=${value}`),
    "",
  ].join("\n");
  const files = {
    ".dev.vars": devVars,
    "package.json": '{ "name": "my-worker", "private": true }\n',
    "scripts/test-stripe-webhook.js": WEBHOOK_SCRIPT,
    "scripts/look-around.js": OTHER_SCRIPT,
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    await Deno.writeTextFile(join(folder, name), text);
  }
  return values;
}
