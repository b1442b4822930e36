import type { Consent, ConsentAnswer } from "../keeper/protocol.ts";
import { quoted, visible } from "./quote.ts";

/** Longest question that is put into a client's form; a longer one nobody reads to its end. */
export const MAX_QUESTION_LENGTH = 8_192;

/** A decision that is not a refusal. */
type Choice = Consent["choices"][number];

/** A form in the part of JSON Schema that elicitation allows: a flat object, here with one enumeration. */
export interface ConsentForm {
  readonly message: string;
  readonly requestedSchema: {
    type: "object";
    properties: { decision: { type: "string"; title: string; description: string; enum: string[] } };
    required: ["decision"];
  };
}

const CHOICES: Readonly<Record<Choice, string>> = {
  once: "this time only",
  session: "until this connection ends",
  always: "from now on, while command and files stay as they are",
};

/**
 * The form for a consent, or `null` where the question would be too long to be judged in a form.
 *
 * Everything that the agent had a hand in is quoted so that it can not pass for a part of the form (`quote.ts`), and
 * nothing is left out: what is cut is what an attacker would hide. No answer is preselected.
 */
export function consentForm(consent: Consent): ConsentForm | null {
  const message = questionOf(consent);
  if (message.length > MAX_QUESTION_LENGTH) return null;
  return {
    message,
    requestedSchema: {
      type: "object",
      properties: {
        decision: {
          type: "string",
          title: "Allow it",
          description: consent.choices.map((choice) => `${choice}: ${CHOICES[choice]}`).join("; ") +
            ". To refuse, decline.",
          enum: [...consent.choices],
        },
      },
      required: ["decision"],
    },
  };
}

/**
 * What a person answered. Whatever is not plainly one of the offered choices is a refusal.
 *
 * @param response the client's elicitation result, as it came
 * @param choices what the form offered; all, where the form is not at hand (the keeper checks against its own)
 */
export function decisionOf(
  response: { readonly action?: unknown; readonly content?: unknown },
  choices: readonly Choice[] = ["once", "session", "always"],
): ConsentAnswer["decision"] {
  const { action, content } = response;
  if (action !== "accept" || typeof content !== "object" || content === null) return "deny";
  const decision: unknown = Object.hasOwn(content, "decision")
    ? (content as { decision: unknown }).decision
    : undefined;
  return choices.find((choice) => choice === decision) ?? "deny";
}

function questionOf(consent: Consent): string {
  const names = consent.secrets.map(quoted).join(", ");
  const place = `${quoted(consent.app)} / ${quoted(consent.env)}`;
  const warnings = consent.warnings.map((warning) => `Warning: ${visible(warning)}`);
  if (consent.action !== "run") {
    const what = consent.action === "delete" ? "delete a secret" : "replace a secret's value";
    return [`The agent wants to ${what}.`, `Secret: ${names}`, `App / environment: ${place}`, ...warnings].join("\n");
  }
  return [
    consent.secrets.length === 0
      ? "The agent wants to run a command."
      : "The agent wants to run a command that can read these secrets and do anything with them.",
    `Secrets: ${names === "" ? "none" : names}`,
    `App / environment: ${place}`,
    ...warnings,
    `Program: ${quoted(consent.program)}`,
    "Command, argument by argument:",
    ...consent.argv.map((argument, index) => `  ${index}: ${quoted(argument)}`),
    `Directory: ${quoted(consent.workDir)}`,
    consent.pins.length === 0 ? "Files it was checked to load: none" : "Files whose content the approval is bound to:",
    ...consent.pins.map((pin) => `  ${quoted(pin.path)} (SHA-256 ${visible(pin.sha256.slice(0, 16))}…)`),
  ].join("\n");
}
