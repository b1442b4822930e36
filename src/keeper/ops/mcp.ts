import { isSecretName, OvError, quoteCommand } from "../../base/mod.ts";
import { refuseCanary } from "../canary.ts";
import type { Door } from "../door.ts";
import { consentFor, type PreparedRun, prepareRun } from "../execution.ts";
import { generateValue } from "../generate.ts";
import { grantFor, liveGrants, MEMORY_PREFIX, recordGrant, storeGrant, storePending, viewOf } from "../grant_store.ts";
import type { Handlers } from "../handlers.ts";
import { browserCall, enterOutOfBand, lockedConnection, nobodyToAsk, pageCall, setLine } from "../mcp_call.ts";
import { interceptValues, judgeFinding } from "../interception.ts";
import { mayOpen, McpPage, type PageCall, PageToOpen, refusedOnPage, waitsHint, wantsRun } from "../mcp_page.ts";
import { runForAgent } from "../mcp_run.ts";
import { McpSession, notAuthorized } from "../mcp_session.ts";
import { readInterceptor, readMode } from "../policy_store.ts";
import type {
  Consent,
  ConsentAnswer,
  Context,
  Generate,
  MayAsk,
  Params,
  RunOutput,
  SessionStatus,
} from "../protocol.ts";
import type { CallContext } from "../service.ts";
import type { VaultSession } from "../vault_session.ts";
import { RECOVERABLE_MS, requireSecretName } from "./secrets.ts";

type McpOperations =
  | "mcp.open"
  | "mcp.status"
  | "mcp.list"
  | "mcp.exists"
  | "mcp.create"
  | "mcp.update"
  | "mcp.delete"
  | "mcp.run"
  | "mcp.intercepted";

/** `ov mcp`. */
export function mcpHandlers(door: Door): Pick<Handlers, McpOperations> {
  const connection = new Connection(door);
  return {
    "mcp.open": ({ authorize }) => Promise.resolve(connection.open(authorize)),
    "mcp.status": () => connection.status(),
    "mcp.list": (params, context) => connection.list(params, context),
    "mcp.exists": (params, context) => connection.exists(params, context),
    "mcp.create": (params, context) => mayOpen(connection.create(params, context)),
    "mcp.update": (params, context) => mayOpen(connection.update(params, context)),
    "mcp.delete": (params, context) => mayOpen(connection.delete(params, context)),
    "mcp.run": (params, context) => mayOpen(connection.run(params, context)),
    "mcp.intercepted": async (params) => ({ refuse: await connection.intercepted(params) }),
  };
}

class Connection {
  readonly #door: Door;
  readonly #session: McpSession;
  readonly #page: McpPage;
  #opening: Promise<VaultSession> | null = null;

  constructor(door: Door) {
    this.#door = door;
    this.#session = new McpSession(door.parts.now());
    this.#page = new McpPage(door, this.#session);
  }

  /** Begins to unlock, and answers at once: a client must not wait for a password with its handshake. */
  open(authorize: boolean): { sessionId: string } {
    const lent = this.#door.session;
    if (this.#opening === null && (authorize || this.#door.hasPasswordFile)) {
      const purpose = "Let the agent behind this `ov mcp` ask for commands with your secrets.";
      this.#opening = (authorize ? this.#door.unlockTyped(purpose) : this.#door.unlock(purpose)).then(async (vault) => {
        if (!authorize) await this.#door.requirePassword(purpose);
        await vault.appendAudit({ action: "authorize", origin: authorize ? "terminal" : "password-file" });
        this.#session.authorize();
        return vault;
      });
      // Every call reports the failure; until one does, it is nobody's unhandled rejection.
      this.#opening.catch(() => {});
    } else if (this.#opening === null && lent !== null) {
      // `ov agent` has the vault open. That unlocks; it authorises nobody but who is remembered.
      this.#opening = this.#page.recognize(lent).then(() => lent);
      this.#opening.catch(() => {});
    }
    return { sessionId: this.#session.id };
  }

  async status(): Promise<SessionStatus> {
    // A client's first question: without this it would hear of a locked vault while the password file is at work.
    if (this.#door.hasPasswordFile) await this.#opening?.catch(() => {});
    const vault = this.#door.session;
    const context = this.#door.context();
    return {
      unlocked: vault !== null,
      authorized: this.#session.isAuthorized,
      context,
      mode: vault === null ? null : await readMode(vault, context),
      interceptor: vault === null ? null : await readInterceptor(vault, context),
      sessionAgeSeconds: Math.floor((this.#door.parts.now() - this.#session.startedAt) / 1000),
      ...this.#session.counts,
      allowed: [...this.#session.allowed].map(([line, { runs, reason }]) =>
        `${line}: ${runs === 1 ? "once" : `${runs} times`}, ${reason}`
      ),
    };
  }

  async list(params: Params<"mcp.list">, call: CallContext) {
    const { vault, context } = await this.#vault("to list the names of your secrets", browserCall(params, call));
    const { app, env } = context;
    const grants = await liveGrants(vault, context, this.#session.id, this.#door.parts.now());
    const secrets = await vault.listSecrets(context);
    return {
      context: { app, env },
      secrets: secrets.map((secret) => ({
        ...secret,
        // An agent is not told which of them is the bait.
        canary: false,
        grants: grants.filter((grant) => grant.secrets.includes(secret.name))
          .map(viewOf).map((grant) => quoteCommand([grant.program, ...grant.argv])),
      })),
    };
  }

  async exists(params: Params<"mcp.exists">, call: CallContext) {
    const { name } = params;
    const { vault, context } = await this.#vault("to know whether a secret exists", browserCall(params, call));
    await this.#intercept(vault, context, [name], "mcp.exists");
    const { app, env } = context;
    const exists = isSecretName(name) && (await vault.listSecrets(context)).some((secret) => secret.name === name);
    return { exists, context: { app, env } };
  }

  async create(params: Params<"mcp.create">, call: CallContext): Promise<MayAsk<{ version: number }>> {
    const { name, generate } = params;
    requireSecretName(name);
    if (generate === null) return await this.#enter("create", params, call);
    const { vault, context } = await this.#authorizedVault(`to create the secret ${name}`, pageCall(params, call));
    await this.#intercept(vault, context, [name], "mcp.create");
    const [done] = await this.#storeGenerated(vault, context, name, generate, "create");
    return { kind: "done", value: { version: done!.version } };
  }

  /** The value is the user's: entered on the page, or in a terminal. */
  async #enter(
    mode: "create" | "update",
    params: Params<"mcp.create"> | Params<"mcp.update">,
    call: CallContext,
  ): Promise<MayAsk<{ version: number }>> {
    const { name } = params;
    if (this.#door.parts.page === undefined) throw enterOutOfBand(name, this.#door.context());
    const { vault, context } = await this.#vault(`to have you enter the value of ${name}`, pageCall(params, call));
    await this.#intercept(vault, context, [name], `mcp.${mode}`);
    const exists = (await vault.listSecrets(context)).some((secret) => secret.name === name);
    if (mode === "update") await this.#requireSecret(vault, context, name, "mcp.update");
    else if (exists && !this.#page.hasEntered(name)) {
      throw new OvError("secret/exists", `Cannot create ${name}: it exists already`, {
        hint: "vault_update_secret replaces its value.",
      });
    }
    const asked = await this.#page.enterValue(vault, context, name, mode, pageCall(params, call));
    if (asked === null) throw enterOutOfBand(name, context);
    if (asked.kind === "open") throw new PageToOpen(asked);
    if (asked.kind === "refused") throw refusedOnPage();
    if (asked.kind === "allowed") return { kind: "done", value: asked.value };
    throw new OvError("policy/approval-required", `Cannot set ${name} yet: the user has not entered its value`, {
      hint: `${waitsHint("has entered it", asked)} In a terminal: ${setLine(name, context)}`,
    });
  }

  async update(params: Params<"mcp.update">, call: CallContext): Promise<MayAsk<{ version: number }>> {
    const { name, generate, answer } = params;
    requireSecretName(name);
    if (generate === null) return await this.#enter("update", params, call);
    const { vault, context } = await this.#authorizedVault(`to replace the secret ${name}`, pageCall(params, call));
    await this.#intercept(vault, context, [name], "mcp.update");
    await this.#requireSecret(vault, context, name, "mcp.update");
    const question = await this.#askAbout(vault, "update", context, name, answer, pageCall(params, call), generate);
    if (question !== null) return question;
    const [done] = await this.#storeGenerated(vault, context, name, generate, "update");
    return { kind: "done", value: { version: done!.version } };
  }

  async delete(params: Params<"mcp.delete">, call: CallContext): Promise<MayAsk<{ recoverableUntil: number }>> {
    const { name, answer } = params;
    requireSecretName(name);
    const { vault, context } = await this.#authorizedVault(`to delete the secret ${name}`, pageCall(params, call));
    await this.#intercept(vault, context, [name], "mcp.delete");
    await this.#requireSecret(vault, context, name, "mcp.delete");
    const question = await this.#askAbout(vault, "delete", context, name, answer, pageCall(params, call));
    if (question !== null) return question;
    await vault.appendAudit({ action: "delete", origin: "agent", app: context.app, env: context.env, secrets: [name] });
    await vault.removeSecret(context, name);
    return { kind: "done", value: { recoverableUntil: this.#door.parts.now() + RECOVERABLE_MS } };
  }

  /** What the front recognised by its shape. */
  async intercepted(params: Params<"mcp.intercepted">): Promise<boolean> {
    const vault = await this.#opening?.catch(() => null) ?? this.#door.session;
    return await judgeFinding(this.#door, vault, this.#session.counts, params);
  }

  async run(params: Params<"mcp.run">, call: CallContext): Promise<MayAsk<RunOutput>> {
    try {
      return await this.#run(params, call);
    } catch (error) {
      if (error instanceof OvError && (error.code.startsWith("policy/") || error.code === "secret/canary")) {
        if (error.code !== "policy/intercepted") this.#session.counts.denied++;
      }
      throw error;
    }
  }

  async #run(params: Params<"mcp.run">, call: CallContext): Promise<MayAsk<RunOutput>> {
    const { vault, context } = await this.#vault(wantsRun(params.command, params.secrets), pageCall(params, call));
    const everything = await vault.getAllSecrets(context);
    try {
      const looked = { ref: context, op: "mcp.run", secrets: everything };
      const rest = [...params.secrets, params.workDir ?? ""];
      const { counts } = this.#session;
      const passed = [
        ...await interceptValues(this.#door, vault, counts, { ...looked, given: params.command, what: "the command" }),
        ...await interceptValues(this.#door, vault, counts, { ...looked, given: rest, what: "the call" }),
      ];
      const run = await prepareRun(this.#door, vault, context, {
        origin: "agent",
        argv: params.command,
        secrets: params.secrets,
        workDir: params.workDir === null ? this.#door.start.cwd : this.#door.path(params.workDir),
        agentSession: this.#session.id,
      }, this.#session.grants);
      const allowed = await this.#decide(vault, run, params, call);
      if (typeof allowed !== "string") return allowed;
      const done = await runForAgent(this.#door, vault, this.#session, {
        run,
        reason: allowed,
        timeoutMs: params.timeoutSeconds * 1000,
        call,
        everything,
      });
      return { kind: "done", value: { ...done, warnings: [...passed, ...done.warnings] } };
    } finally {
      for (const secret of everything) secret.wipe();
    }
  }

  /** Why it is allowed, or the question that must be asked first. */
  async #decide(
    vault: VaultSession,
    run: PreparedRun,
    params: Params<"mcp.run">,
    call: CallContext,
  ): Promise<string | Exclude<MayAsk<RunOutput>, { kind: "done" }>> {
    const { decision, request } = run;
    const now = this.#door.parts.now();
    if (decision.kind === "deny") {
      throw new OvError("policy/denied", `Cannot run: ${decision.reason}`, {
        hint: "The user can allow it with `ov grant add`.",
      });
    }
    if (decision.kind === "allow") return decision.reason;
    const consent = consentFor(run);
    const fingerprint = JSON.stringify(["run", request]);
    if (params.answer !== undefined) {
      const use = this.#session.answer(params.answer, fingerprint, now);
      const grant = grantFor(request, use, now);
      if (use !== "once") await recordGrant(vault, grant, "agent");
      if (use === "always") await storeGrant(vault, grant, now);
      if (use === "session") {
        this.#session.addGrant({ ...grant, id: MEMORY_PREFIX + grant.id, until: null });
      }
      return `allowed by the user (${use})`;
    }
    const page = pageCall(params, call);
    if (params.canAsk && !this.#session.isAuthorized) {
      await this.#authorize(wantsRun(params.command, params.secrets), page);
    }
    if (params.canAsk && this.#session.isAuthorized) {
      return { kind: "consent", consent, state: this.#session.ask(fingerprint, consent.choices, now) };
    }
    const asked = await this.#page.allowRun(vault, request, consent, page);
    if (asked?.kind === "allowed") return `allowed by the user (${asked.value}, page)`;
    if (asked?.kind === "open") return asked;
    if (asked?.kind === "refused") throw refusedOnPage();
    const id = await storePending(vault, request, consent, params.client, now);
    const elsewhere = `Tell the user to run this in a terminal, then call again: ov approve ${id}`;
    throw new OvError("policy/approval-required", "Cannot run yet: the user must allow this command", {
      hint: asked === null ? elsewhere : `${waitsHint("has allowed it", asked)} Or: ${elsewhere}`,
    });
  }

  /**
   * The open vault and the bound context; a locked one is asked for on the page.
   * @param wants what it is for, in one line
   * @throws OvError `vault/locked`, and what unlocking threw; {@link PageToOpen}
   */
  async #vault(wants: string, page: PageCall): Promise<{ vault: VaultSession; context: Context }> {
    if (this.#opening === null) {
      this.#door.requireVault();
      await this.#authorize(wants, page);
    }
    if (this.#opening === null) throw lockedConnection();
    const vault = await this.#opening;
    return { vault, context: await this.#door.boundContext(vault) };
  }

  /** {@link Connection.#vault} for what changes it: an agent that lends the open vault allows none of that. */
  async #authorizedVault(wants: string, page: PageCall): Promise<{ vault: VaultSession; context: Context }> {
    const opened = await this.#vault(wants, page);
    if (!this.#session.isAuthorized) await this.#authorize(wants, page);
    if (!this.#session.isAuthorized) throw notAuthorized();
    return opened;
  }

  /** Has the connection authorised on the page, where it can be shown. */
  async #authorize(wants: string, page: PageCall): Promise<void> {
    const asked = await this.#page.authorize(wants, page, (vault) => this.#opening ??= Promise.resolve(vault));
    if (asked !== null && "kind" in asked) throw new PageToOpen(asked);
  }

  /** @throws OvError `secret/not-found`; `secret/canary` */
  async #requireSecret(vault: VaultSession, context: Context, name: string, op: string): Promise<void> {
    const found = (await vault.listSecrets(context)).find((secret) => secret.name === name);
    if (found?.canary === true) {
      this.#session.counts.denied++;
      await refuseCanary(this.#door, vault, context, name, op);
    }
    if (found !== undefined) return;
    throw new OvError("secret/not-found", `Cannot find ${name}: ${context.app}/${context.env} has no such secret`, {
      hint: "vault_list_secrets shows what is there.",
    });
  }

  async #intercept(vault: VaultSession, context: Context, given: readonly string[], op: string): Promise<void> {
    const everything = await vault.getAllSecrets(context);
    const passed = { ref: context, op, secrets: everything, given, what: "the call" };
    try {
      await interceptValues(this.#door, vault, this.#session.counts, passed);
    } finally {
      for (const secret of everything) secret.wipe();
    }
  }

  async #storeGenerated(
    vault: VaultSession,
    context: Context,
    name: string,
    generate: Generate,
    mode: "create" | "update",
  ) {
    const value = generateValue(name, generate);
    try {
      await vault.appendAudit({ action: mode, origin: "agent", app: context.app, env: context.env, secrets: [name] });
      return await vault.setSecrets(context, [{ name, value, maskable: true }], { mode });
    } finally {
      value.wipe();
    }
  }

  /** `null` where the user has said yes; else the question. */
  async #askAbout(
    vault: VaultSession,
    action: "update" | "delete",
    context: Context,
    name: string,
    answer: ConsentAnswer | undefined,
    page: PageCall,
    generate: Generate | null = null,
  ): Promise<Exclude<MayAsk<never>, { kind: "done" }> | null> {
    const { app, env } = context;
    const fingerprint = JSON.stringify([action, app, env, name, generate?.length, generate?.charset]);
    const now = this.#door.parts.now();
    if (answer !== undefined) {
      this.#session.answer(answer, fingerprint, now);
      return null;
    }
    const consent: Consent = {
      action,
      app,
      env,
      secrets: [name],
      program: "",
      argv: [],
      workDir: "",
      pins: [],
      warnings: [],
      choices: ["once"],
    };
    const asked = page.peer?.canAsk === false ? await this.#page.allowChange(vault, consent, fingerprint, page) : null;
    if (asked?.kind === "allowed") return null;
    if (asked?.kind === "open") return asked;
    if (asked?.kind === "refused") throw refusedOnPage();
    if (asked !== null) {
      throw new OvError("policy/approval-required", `Cannot ${action} ${name} yet: the user must allow it`, {
        hint: waitsHint("has allowed it", asked),
      });
    }
    if (page.peer?.canAsk === false) throw nobodyToAsk(consent);
    return { kind: "consent", consent, state: this.#session.ask(fingerprint, consent.choices, now) };
  }
}
