/**
 * The agent: holds one vault open, listens on its socket, and lets `ov run` and `ov mcp` have their commands started.
 * It ends, and with it the keys, when its time is up, when it is told to, or when the process is.
 */
import { OvError } from "../base/mod.ts";
import type { DoorParts } from "../keeper/door.ts";
import type { Descriptors } from "../keeper/descriptors.ts";
import { unlockEntry } from "../keeper/opener.ts";
import { openByOpener } from "../keeper/opening.ts";
import type { AgentView } from "../keeper/protocol.ts";
import type { VaultSession } from "../keeper/vault_session.ts";
import { Attendant } from "./attendant.ts";
import { Channel } from "./channel.ts";
import { type Clocks, TimeLimits } from "./limits.ts";
import {
  type Control,
  type ControlAnswer,
  decodeMessage,
  encodeMessage,
  KIND,
  type Limits,
  parseControl,
  parseOpen,
} from "./messages.ts";
import type { AgentPlace, TakenPlace } from "./place.ts";
import { type Connection, type Peer, UnixListener } from "./unix_socket.ts";

/** Time for a stranger to prove that they can read the key, in milliseconds. */
const PROOF_MS = 5000;

/** Most connections at once that have proven nothing yet; the oldest makes room. */
const MAX_STRANGERS = 16;

/** How often the clocks are looked at, in milliseconds. */
const TICK_MS = 5000;

/** How long an agent that a service manager started waits for a password, in milliseconds, before it ends again. */
const UNLOCK_WAIT_MS = 60_000;

/** Pause after a wrong password on the socket, in milliseconds, before the next can be tried. */
const WRONG_PASSWORD_MS = 1000;

/** What an agent is made of. */
export interface AgentParts extends Pick<DoorParts, "start" | "hardening" | "now" | "terminals" | "guard"> {
  readonly descriptors: Descriptors;
  readonly place: AgentPlace;
  readonly taken: TakenPlace;
  readonly uid: number;
  readonly pid: number;
  readonly clocks: Clocks;
  /** Whether it stays, locked, when it locks; else it ends. */
  readonly stays: boolean;
  /** The socket that a service manager handed over; `null` where the agent makes its own. */
  readonly inherited: UnixListener | null;
  /** How often the clocks are looked at, in milliseconds. */
  readonly tickMs?: number;
  /** Time to prove, in milliseconds. */
  readonly proofMs?: number;
}

/** One agent. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #limits: TimeLimits;
  readonly #listener: UnixListener;
  readonly #attendants = new Set<Attendant>();
  readonly #strangers = new Set<Connection>();
  readonly #end = Promise.withResolvers<string>();
  readonly #ticker: ReturnType<typeof setInterval>;
  #session: VaultSession | null = null;
  #reason: string | null = null;
  #running = 0;
  #runs = 0;
  #leaving = false;
  #stopping = false;
  #unlocking: Promise<unknown> = Promise.resolve();
  /** How many wait for their password to be tried. */
  #entering = 0;
  readonly #startedSteady: number;

  /** Listens from now on. @throws OvError `io/failed`, `usage/file` */
  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#limits = new TimeLimits(parts.clocks);
    this.#startedSteady = parts.clocks.steady();
    this.#listener = parts.inherited ?? UnixListener.listen(parts.descriptors, parts.place.socket);
    Deno.chmodSync(parts.place.socket, 0o600);
    this.#ticker = setInterval(() => this.tick(), parts.tickMs ?? TICK_MS);
    void this.#accept();
  }

  /** Resolves with the reason when the agent is at its end. */
  get ended(): Promise<string> {
    return this.#end.promise;
  }

  /** Takes the vault that was opened, also where it was about to end after it had locked. */
  unlock(session: VaultSession, limits: Limits): void {
    this.#session?.close();
    this.#session = session;
    this.#reason = null;
    this.#leaving = false;
    this.#limits.unlocked(limits);
  }

  /** Forgets the keys. What runs goes on, since it has what it was given; nothing new is started. */
  lock(reason: string): void {
    this.#forget(reason);
    if (this.#parts.stays) return;
    this.#leaving = true;
    this.#leaveWhenIdle(reason);
  }

  /** Forgets the keys, ends what runs, and ends. */
  stop(reason: string): void {
    this.#forget(reason);
    this.#leaving = this.#stopping = true;
    for (const attendant of this.#attendants) attendant.dismiss();
    this.#leaveWhenIdle(reason);
  }

  /** Looks at the clocks. */
  tick(): void {
    if (this.#session === null) {
      const { inherited, clocks } = this.#parts;
      const waited = clocks.steady() - this.#startedSteady;
      const isIdle = inherited !== null && !this.#leaving && this.#entering === 0;
      if (isIdle && waited >= UNLOCK_WAIT_MS) this.stop("nobody unlocked it");
      return;
    }
    const reason = this.#limits.due(this.#running > 0);
    if (reason !== null) this.lock(reason);
  }

  /** What it says of itself. */
  get view(): AgentView {
    const locked = this.#session === null;
    const { unlockedAt, locksAt, locksWhenIdleAt } = this.#limits.times;
    return {
      pid: this.#parts.pid,
      version: this.#parts.start.version,
      locked,
      reason: this.#reason,
      unlockedAt: locked ? null : unlockedAt,
      locksAt: locked ? null : locksAt,
      locksWhenIdleAt: locked ? null : locksWhenIdleAt,
      clients: this.#attendants.size,
      running: this.#running,
      runs: this.#runs,
    };
  }

  #forget(reason: string): void {
    if (this.#session === null) return;
    this.#session.close();
    this.#session = null;
    this.#reason = reason;
  }

  #leaveWhenIdle(reason: string): void {
    // Whoever waits for an answer gets it first.
    if (!this.#leaving || this.#running > 0 || this.#entering > 0) return;
    if ([...this.#attendants].some((attendant) => attendant.isBusy)) return;
    clearInterval(this.#ticker);
    // Without a key nobody comes any more; and who came just now must not have the service manager start us again.
    this.#parts.taken.release();
    if (this.#parts.inherited !== null) this.#listener.turnAway();
    this.#listener.close();
    this.#end.resolve(reason);
  }

  async #accept(): Promise<void> {
    for (let next = await this.#listener.accept(); next !== null; next = await this.#listener.accept()) {
      // The folder lets no other user in; the system's word is asked all the same.
      if (next.peer.uid !== this.#parts.uid) next.socket.close();
      else void this.#meet(next).catch(() => next?.socket.close());
    }
  }

  /** Somebody came. Until they have sent a frame that only a reader of the key can make, they cost little and not long. */
  async #meet(connection: Connection): Promise<void> {
    const [oldest] = this.#strangers;
    if (this.#strangers.size >= MAX_STRANGERS) oldest?.socket.close();
    this.#strangers.add(connection);
    const timer = setTimeout(() => connection.socket.close(), this.#parts.proofMs ?? PROOF_MS);
    const known = () => {
      clearTimeout(timer);
      this.#strangers.delete(connection);
    };
    try {
      const channel = await Channel.open(connection.socket, () => this.#parts.taken.key, "agent");
      if (channel === null || channel === "version") return connection.socket.close();
      const first = await channel.receive();
      known();
      if (first?.kind === KIND.control) await this.#control(channel, parseControl(decodeMessage(first.payload)));
      else if (first?.kind === KIND.proof) await this.#serve(channel, connection.peer);
      channel.close();
    } finally {
      known();
    }
  }

  async #serve(channel: Channel, peer: Peer): Promise<void> {
    const frame = await channel.receive();
    const open = frame?.kind === KIND.open ? parseOpen(decodeMessage(frame.payload)) : null;
    if (open === null) return;
    const session = this.#leaving ? null : this.#session;
    const opened = { version: this.#parts.start.version, locked: session === null };
    await channel.send(KIND.opened, encodeMessage(opened));
    if (session === null) return await channel.finish();
    this.#limits.used();
    const attendant = new Attendant(channel, open, {
      ...this.#parts,
      session,
      onUse: () => this.#limits.used(),
      onRun: (change) => this.#count(change),
      onAnswered: () => this.#leaveWhenIdle(this.#reason ?? "it was stopped"),
    }, peer.pid);
    this.#attendants.add(attendant);
    try {
      await attendant.attend();
    } finally {
      this.#attendants.delete(attendant);
      this.#leaveWhenIdle(this.#reason ?? "it was stopped");
    }
  }

  #count(change: 1 | -1): void {
    this.#running += change;
    if (change === 1) this.#runs++;
    this.#limits.used();
  }

  async #control(channel: Channel, control: Control | null): Promise<void> {
    let answer: ControlAnswer;
    try {
      if (control === null) throw new OvError("usage/invalid", "Cannot do that: no such request");
      if (control.t === "unlock") await this.#unlockFor(channel, control.limits);
      answer = { ok: true, agent: this.view };
      // The keys are gone when the answer comes.
      if (control.t === "lock" || control.t === "stop") this.#forget("it was told to");
    } catch (error) {
      answer = { ok: false, error: OvError.from(error).toWire() };
    }
    await channel.send(KIND.controlled, encodeMessage(answer));
    await channel.finish();
    if (control?.t === "lock") this.lock("it was told to");
    if (control?.t === "stop") this.stop("it was told to");
  }

  /** The password of a person, who may thereby prolong an unlocking that lasts. One at a time, and wrong ones slowly. */
  async #unlockFor(channel: Channel, limits: Limits): Promise<void> {
    const frame = await channel.receive();
    if (frame?.kind !== KIND.entry) throw new OvError("usage/invalid", "Cannot unlock: no password came");
    this.#entering++;
    const turn = this.#unlocking.then(async () => {
      try {
        if (this.#stopping) throw new OvError("vault/busy", "Cannot unlock: the agent is about to end; try again");
        const { vaultFolder } = this.#parts.start;
        const { session, by } = await openByOpener(frame.payload, { folder: vaultFolder, now: this.#parts.now });
        await session.appendAudit(unlockEntry(by, limits.forMs));
        if (this.#stopping) session.close();
        else this.unlock(session, limits);
      } catch (error) {
        await this.#recordWrongPassword(error);
        await new Promise((resolve) => setTimeout(resolve, WRONG_PASSWORD_MS));
        throw error;
      } finally {
        frame.payload.fill(0);
        this.#entering--;
        this.#leaveWhenIdle(this.#reason ?? "it was stopped");
      }
    });
    this.#unlocking = turn.catch(() => {});
    await turn;
  }

  /** While it is unlocked; what is locked has no log to write to. Refused either way. */
  async #recordWrongPassword(error: unknown): Promise<void> {
    if (this.#session === null || !(error instanceof OvError) || error.code !== "vault/wrong-password") return;
    const entry = { action: "denied", origin: "human", op: "agent.unlock", code: error.code, secrets: [] };
    await this.#session.appendAudit(entry).catch(() => {});
  }
}
