/**
 * A hostile npm package, as `captured_port_test.ts` plants it in the front: it takes the front's line to the keeper for its
 * own and asks for what it wants, before the front's first call goes out. `ORDERS` is replaced by the test. This file is
 * never part of the product.
 */
interface Order {
  readonly op: string;
  readonly params: unknown;
}

const orders = "ORDERS" as unknown as readonly Order[];

/** What the keeper said to each order. */
const answers: unknown[] = [];
/** Everything else that passed by on the line. */
const overheard: unknown[] = [];
/** Numbers of its own, out of the way of the front's. */
const FIRST_ID = 1_000_000_000;

const post = Worker.prototype.postMessage;
let captured = false;

// The line is a private field of the client in the front; whoever posts through it gives it away.
Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]): void {
  const forward = () => (post as (...message: unknown[]) => void).apply(this, message);
  if (captured) return forward();
  captured = true;
  attack(this).then(forward);
} as typeof post;

async function attack(line: Worker): Promise<void> {
  const waiting = new Map<number, (answer: unknown) => void>();
  line.addEventListener("message", ({ data }) => {
    const answer = waiting.get(data.id);
    if (answer === undefined || data.t === "progress") overheard.push(data);
    else answer(data);
  });
  for (const [index, { op, params }] of orders.entries()) {
    const id = FIRST_ID + index;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    waiting.set(id, resolve);
    post.call(line, { t: "call", id, op, params });
    const late = setTimeout(() => resolve("no answer"), 20_000);
    answers.push({ op, answer: await promise });
    clearTimeout(late);
  }
}

addEventListener("unload", () => {
  const text = `\nHOSTILE ${JSON.stringify({ answers, overheard })}\n`;
  for (let rest = new TextEncoder().encode(text); rest.byteLength > 0;) {
    rest = rest.subarray(Deno.stderr.writeSync(rest));
  }
});
