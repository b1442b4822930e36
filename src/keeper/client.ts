import { OvError } from "../base/mod.ts";
import type { FromKeeper, Operation, Params, Progress, Result, ToKeeper } from "./protocol.ts";

/** What a client speaks through: a worker, or a port of a channel. */
export interface KeeperPort {
  postMessage(message: ToKeeper): void;
  addEventListener(type: "message", listener: (event: MessageEvent<FromKeeper>) => void): void;
}

/** Options of one call. */
export interface CallOptions {
  /** Cancels the call: the keeper ends the child and answers all the same. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** How the front reaches the keeper. Tests put a fake in its place. */
export interface Keeper {
  /**
   * One operation.
   * @throws OvError with the keeper's code
   */
  call<O extends Operation>(op: O, params: Params<O>, options?: CallOptions): Promise<Result<O>>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: OvError): void;
  onProgress: ((progress: Progress) => void) | undefined;
}

/** The client over a port: numbers the calls and matches the answers. */
export class KeeperClient implements Keeper {
  readonly #port: KeeperPort;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  /** @param port where the keeper answers; only this client may listen on it */
  constructor(port: KeeperPort) {
    this.#port = port;
    port.addEventListener("message", (event) => this.#receive(event.data));
  }

  call<O extends Operation>(op: O, params: Params<O>, options: CallOptions = {}): Promise<Result<O>> {
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Result<O>>();
    const cancel = () => this.#port.postMessage({ t: "cancel", id });
    const done = () => options.signal?.removeEventListener("abort", cancel);
    this.#waiting.set(id, {
      resolve: (value) => (done(), resolve(value as Result<O>)),
      reject: (error) => (done(), reject(error)),
      onProgress: options.onProgress,
    });
    this.#port.postMessage({ t: "call", id, op, params });
    if (options.signal?.aborted) cancel();
    else options.signal?.addEventListener("abort", cancel, { once: true });
    return promise;
  }

  /** Fails every open call: the keeper is gone. */
  abandon(error: OvError): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  #receive(message: FromKeeper): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    if (message.t === "progress") {
      waiting.onProgress?.(message.progress);
      return;
    }
    this.#waiting.delete(message.id);
    if (message.t === "result") waiting.resolve(message.value);
    else waiting.reject(OvError.fromWire(message.error));
  }
}
