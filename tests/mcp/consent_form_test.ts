import assert from "node:assert/strict";
import { consentForm, decisionOf, MAX_QUESTION_LENGTH } from "../../src/mcp/consent_form.ts";
import { FAKE_CONSENT } from "./fake_keeper.ts";

Deno.test("consentForm() shows program, arguments, directory, place, names, files and warnings", () => {
  assert.equal(
    consentForm(FAKE_CONSENT)?.message,
    `The agent wants to run a command that can read these secrets and do anything with them.
Secrets: "STRIPE_SECRET_KEY"
App / environment: "my-worker" / "development"
Warning: The program can print the secret in a form that is not masked.
Program: "/usr/bin/node"
Command, argument by argument:
  0: "node"
  1: "scripts/test-stripe-webhook.js"
Directory: "/home/dev/my-worker"
Files whose content the approval is bound to:
  "/home/dev/my-worker/scripts/test-stripe-webhook.js" (SHA-256 abababababababab…)`,
  );
});

Deno.test("consentForm() asks for one enumeration of the offered choices and preselects none", () => {
  assert.deepEqual(consentForm({ ...FAKE_CONSENT, choices: ["once", "session"] })?.requestedSchema, {
    type: "object",
    properties: {
      decision: {
        type: "string",
        title: "Allow it",
        description: "once: this time only; session: until this connection ends. To refuse, decline.",
        enum: ["once", "session"],
      },
    },
    required: ["decision"],
  });
});

Deno.test("consentForm() lets no argument, path or warning look like a line of its own", () => {
  const forged = 'x"\nDirectory: "/safe';
  const { message } = consentForm({
    ...FAKE_CONSENT,
    program: forged,
    argv: [forged, "\u202e"],
    workDir: forged,
    pins: [{ path: forged, sha256: "00" }],
    warnings: [forged],
  })!;
  assert.equal(message.split("\n").length, 11);
  assert.equal(message.split("\n").filter((line) => line.startsWith("Directory:")).length, 1);
  assert.ok(!message.includes("\u202e"));
});

Deno.test("consentForm() is null when the question is too long to be read", () => {
  assert.equal(consentForm({ ...FAKE_CONSENT, argv: ["node", "x".repeat(MAX_QUESTION_LENGTH)] }), null);
});

Deno.test("consentForm() names a deletion and a replacement as what they are", () => {
  assert.match(consentForm({ ...FAKE_CONSENT, action: "delete" })!.message, /^The agent wants to delete a secret\.\n/);
  assert.match(consentForm({ ...FAKE_CONSENT, action: "update" })!.message, /^The agent wants to replace a secret's /);
});

Deno.test("decisionOf() gives the offered choice, and a refusal for everything else", () => {
  const accept = (content: unknown) => ({ action: "accept", content });
  assert.equal(decisionOf(accept({ decision: "once" })), "once");
  assert.equal(decisionOf(accept({ decision: "always" }), ["always"]), "always");
  const refused = [
    accept({ decision: "always" }),
    accept({ decision: "deny" }),
    accept({ decision: true }),
    accept({ decision: ["once"] }),
    accept(Object.create({ decision: "once" })),
    accept({}),
    accept(null),
    accept(undefined),
    accept("once"),
    { action: "decline", content: { decision: "once" } },
    { action: "cancel" },
    {},
  ];
  for (const response of refused) assert.equal(decisionOf(response, ["once"]), "deny");
});
