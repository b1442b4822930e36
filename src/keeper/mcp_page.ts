/**
 * What an `ov mcp` connection asks on the consent page: to be authorised, a command without a grant, a secret that is to
 * be deleted or replaced, a value. Every answer but a refusal holds the master password, which is checked here.
 */
import { OvError, quoteCommand } from "../base/mod.ts";
import { chainOf } from "./client_chain.ts";
import { canRemember, findClient, listClients, REMEMBER_DAYS, rememberClient } from "./client_store.ts";
import { recordRefusal } from "./denials.ts";
import type { Door } from "./door.ts";
import { grantFor, MEMORY_PREFIX, storeGrant } from "./grant_store.ts";
import type { McpSession } from "./mcp_session.ts";
import type { Asking, Judged, Outcome, PageDesk, Ticket } from "./page_desk.ts";
import type { Asker, ChainLink, PageAnswer, PageQuestion } from "./page_protocol.ts";
import type { RunRequest } from "../policy/mod.ts";
import { maskabilityOf } from "./ops/secrets.ts";
import type { Consent, EnvRef, MayAsk, Operation, PageOpened, ToolPeer } from "./protocol.ts";
import type { VaultSession } from "./vault_session.ts";

/** The other side of a call, and how it stands with a page that its program was given to open. */
export interface PageCall {
  readonly peer: ToolPeer | undefined;
  readonly opened: PageOpened | undefined;
  readonly signal?: AbortSignal;
}

/** A question that the agent's own program shows the address of. */
export type OpenPage = Extract<MayAsk<never>, { kind: "open" }>;

/** Thrown through a call whose client is to have a page opened first; {@link mayOpen} makes it the call's result. */
export class PageToOpen extends Error {
  readonly page: OpenPage;

  constructor(page: OpenPage) {
    super("a page is to be opened");
    this.page = page;
  }
}

/** The call's result, or the page that is to be opened first. */
export async function mayOpen<T>(call: Promise<MayAsk<T>>): Promise<MayAsk<T>> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof PageToOpen) return error.page;
    throw error;
  }
}

/** What came of asking. `null`: it could not be shown. */
type Asked<T> = { readonly kind: "allowed"; readonly value: T } | OpenPage | Exclude<Outcome<T>, { kind: "allowed" }>;

/** The questions of one connection. */
export class McpPage {
  readonly #door: Door;
  readonly #session: McpSession;
  #chain: Promise<readonly ChainLink[]> | null = null;
  #isRefused = false;
  /** Names whose values were entered on the page and whose calls have not come back for the word of it. */
  readonly #entered = new Set<string>();

  constructor(door: Door, session: McpSession) {
    this.#door = door;
    this.#session = session;
  }

  /** The programs behind the connection. */
  chain(): Promise<readonly ChainLink[]> {
    const { platform } = this.#door.start;
    return this.#chain ??= chainOf({ platform, pid: this.#door.parts.clientPid ?? Deno.pid });
  }

  /** Authorises the connection where its program is remembered. Only a vault that is open already can tell. */
  async recognize(vault: VaultSession): Promise<void> {
    if ((await listClients(vault, this.#door.parts.now())).length === 0) return;
    const client = await findClient(vault, await this.chain(), this.#door.parts.now());
    if (client === null) return;
    await vault.appendAudit({ action: "authorize", origin: "remembered", client: client.id, program: client.program });
    this.#session.authorize();
  }

  /** Whether a value was entered for a call that gave up waiting. */
  hasEntered(name: string): boolean {
    return this.#entered.has(name);
  }

  /**
   * Has the connection authorised, and the vault unlocked.
   * @param wants what the agent wants at this moment, in one line
   * @param onOpen takes the vault when the answer is there, which may be after this call has given up
   * @returns the vault; `null` where the page can not be shown; or the page for the agent's program to open
   * @throws OvError `policy/not-authorized` where the user refused; `vault/locked` or `policy/not-authorized` where they
   * have not answered yet
   */
  async authorize(
    wants: string,
    call: PageCall,
    onOpen: (vault: VaultSession) => void,
  ): Promise<VaultSession | OpenPage | null> {
    if (this.#isRefused) throw refusedConnection();
    const locked = this.#door.session === null;
    const chain = await this.chain();
    const client = clientOf(call);
    const asked = await this.#ask<VaultSession>(call, "Let your agent use the vault", () => ({
      key: "connection",
      question: {
        kind: "connection",
        asker: { client, chain },
        wants,
        locked,
        rememberDays: canRemember(chain) ? REMEMBER_DAYS : null,
      },
      judge: async ({ password, remember }) => {
        const vault = await this.#door.unlockWith(password);
        const isRemembered = remember && canRemember(chain);
        const program = chain[0]?.path ?? null;
        await vault.appendAudit({ action: "authorize", origin: "page", client, program, remembered: isRemembered });
        if (isRemembered) await rememberClient(vault, client, chain, this.#door.parts.now());
        this.#session.authorize();
        onOpen(vault);
        return { value: vault, said: "The agent may use the vault on this connection.", keep: false };
      },
    }));
    if (asked === null || asked.kind === "open") return asked;
    if (asked.kind === "allowed") return asked.value;
    if (asked.kind === "refused") {
      this.#isRefused = true;
      throw refusedConnection();
    }
    const code = locked ? "vault/locked" : "policy/not-authorized";
    throw new OvError(code, "Cannot use the vault yet: the user has not authorised this connection", {
      hint: waitsHint("authorises it", asked),
    });
  }

  /** @returns the decision; `null` where the page can not be shown; throws where the user refused */
  async allowRun(
    vault: VaultSession,
    request: RunRequest,
    consent: Consent,
    call: PageCall,
  ): Promise<Asked<string> | null> {
    return await this.#ask<string>(call, "Allow a command to use your secrets", async () => ({
      key: JSON.stringify(["run", request]),
      question: { kind: "consent", asker: await this.#asker(call), consent },
      judge: (answer) => this.#judgeRun(vault, request, consent, answer, clientOf(call)),
    }));
  }

  /** Whether a secret may be deleted or replaced. */
  async allowChange(
    vault: VaultSession,
    consent: Consent,
    fingerprint: string,
    call: PageCall,
  ): Promise<Asked<true> | null> {
    const { action, app, env, secrets } = consent;
    return await this.#ask<true>(call, "Allow a secret to be changed", async () => ({
      key: fingerprint,
      question: { kind: "consent", asker: await this.#asker(call), consent },
      judge: async ({ password }) => {
        await this.#door.unlockWith(password);
        await vault.appendAudit({ action: "approve", origin: "page", what: action, app, env, secrets });
        return { value: true, said: "Allowed, this once.", keep: true };
      },
    }));
  }

  /** Has the user enter a value, and stores it. */
  async enterValue(
    vault: VaultSession,
    { app, env }: EnvRef,
    name: string,
    mode: "create" | "update",
    call: PageCall,
  ): Promise<Asked<{ version: number }> | null> {
    const asked = await this.#ask(call, `Enter the value of ${name}`, async () => ({
      key: JSON.stringify(["value", app, env, name, mode]),
      question: { kind: "value", asker: await this.#asker(call), app, env, name, replaces: mode === "update" },
      judge: async ({ password, value }) => {
        await this.#door.unlockWith(password);
        if (value.sizeBytes === 0) throw new OvError("usage/value", "Cannot store the value: it is empty");
        const named = value.renamed(name);
        try {
          const mask = maskabilityOf(named);
          await vault.appendAudit({ action: mode, origin: "page", app, env, secrets: [name] });
          const [done] = await vault.setSecrets({ app, env }, [{ name, value: named, maskable: mask.maskable }], {
            mode,
          });
          this.#entered.add(name);
          const warning = mask.maskable ? "" : ` It can not be masked in output: ${mask.reason}.`;
          return { value: { version: done!.version }, said: `${name} is stored.${warning}`, keep: true };
        } finally {
          named.wipe();
        }
      },
    }));
    if (asked?.kind === "allowed") this.#entered.delete(name);
    return asked;
  }

  async #judgeRun(
    vault: VaultSession,
    request: RunRequest,
    consent: Consent,
    { decision, forMs, password }: PageAnswer,
    client: string,
  ): Promise<Judged<string>> {
    const wanted = decision === "until" ? "always" : decision;
    if (wanted === "accept" || wanted === "deny" || !consent.choices.includes(wanted)) {
      throw new OvError("policy/denied", "Cannot allow it like that: such a command is asked about each time");
    }
    await this.#door.unlockWith(password);
    const now = this.#door.parts.now();
    const { app, env, secrets, program } = consent;
    await vault.appendAudit({ action: "approve", origin: "page", decision, app, env, secrets, program, client });
    if (decision === "session") {
      const grant = grantFor(request, decision, now);
      this.#session.addGrant({ ...grant, id: MEMORY_PREFIX + grant.id, until: null });
    } else if (decision === "always" || decision === "until") {
      await storeGrant(vault, grantFor(request, decision, now, forMs === null ? null : now + forMs), now);
    }
    const said = decision === "once" ? "Allowed, this time." : "Allowed. `ov grant list` shows what stays allowed.";
    return { value: decision, said, keep: decision === "once" };
  }

  async #asker(call: PageCall): Promise<Asker> {
    return { client: clientOf(call), chain: await this.chain() };
  }

  async #ask<T>(
    call: PageCall,
    title: string,
    asking: () => Omit<Asking<T>, "byClient"> | Promise<Omit<Asking<T>, "byClient">>,
  ): Promise<Asked<T> | null> {
    const desk = this.#door.parts.page;
    if (desk === undefined || this.#door.nonInteractive) return null;
    const byClient = call.peer?.canOpen === true;
    const { judge, ...asked } = await asking();
    const ticket = await desk.ask<T>({
      ...asked,
      judge: (answer) => this.#judge(asked.question, judge(answer)),
      byClient,
    });
    if (ticket === null) return null;
    // What was said to another page, earlier in the same call, says nothing about this one.
    const opened = call.opened?.id === ticket.id ? call.opened : undefined;
    if (opened?.declined === true) {
      desk.withdraw(ticket);
      return { kind: "refused" };
    }
    if (opened === undefined && byClient && ticket.address !== null && ticket.outcome === null) {
      return { kind: "open", id: ticket.id, address: ticket.address, message: title };
    }
    return await this.#wait(desk, ticket, call.signal);
  }

  /** The answer's judgement; one that was not good, a wrong password above all, goes into the log. */
  async #judge<T>(question: PageQuestion, judged: Promise<Judged<T>>): Promise<Judged<T>> {
    try {
      return await judged;
    } catch (error) {
      await recordRefusal(this.#door, ...callOf(question), error);
      throw error;
    }
  }

  async #wait<T>(desk: PageDesk, ticket: Ticket<T>, signal: AbortSignal | undefined): Promise<Asked<T>> {
    return await desk.wait(ticket, signal);
  }
}

/** The operation that a question is asked for, with what of its parameters the log may keep. */
function callOf(question: PageQuestion): [Operation, unknown] {
  switch (question.kind) {
    case "connection":
      return ["mcp.open", {}];
    case "value":
      return [question.replaces ? "mcp.update" : "mcp.create", { name: question.name }];
    case "consent": {
      const { action, argv, secrets } = question.consent;
      return [`mcp.${action}`, { secrets, command: argv }];
    }
  }
}

/** The user refused on the page. */
export function refusedOnPage(): OvError {
  return new OvError("policy/denied", "Refused: the user said no", {
    hint: "Do not repeat the call; ask the user what they want instead.",
  });
}

/** The hint for a question that is not answered yet. */
export function waitsHint(
  does: string,
  outcome: { readonly kind: "away" } | { kind: "ended"; reason: string },
): string {
  if (outcome.kind === "ended") {
    return "Nobody answered the page in the user's browser. Ask the user before you call again.";
  }
  return `A page in the user's browser asks for it. Tell the user; call again once the user ${does}.`;
}

/** One line of what the agent wants, for the page that authorises its connection. */
export function wantsRun(command: readonly string[], secrets: readonly string[]): string {
  return `to run ${quoteCommand(command)}${secrets.length === 0 ? "" : ` with ${secrets.join(", ")}`}`;
}

function clientOf({ peer }: PageCall): string {
  return peer === undefined || peer.client === "" ? "nothing" : peer.client;
}

function refusedConnection(): OvError {
  return new OvError("policy/not-authorized", "Refused: the user did not authorise this connection", {
    hint: "Do not repeat the call. The user can start the agent's connection to ov again.",
  });
}
