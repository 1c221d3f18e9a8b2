import { connect, type Socket } from 'node:net';

/** What a process of load is told. */
export interface LoadOrder {
  readonly port: number;
  /** Requests as they go over the wire, taken in turn. */
  readonly requests: readonly string[];
  readonly connections: number;
  /** Absent: until each request was sent once. */
  readonly seconds?: number | undefined;
  /** Requests a second, evenly; absent: as fast as answers come. */
  readonly perSecond?: number | undefined;
}
export interface LoadResult {
  readonly answered: number;
  readonly failed: number;
  readonly lastFailure: string;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The last answer that was no success, to say what went wrong. */
let lastFailure = '';

/** One HTTP/1.1 connection kept alive, one request at a time; the least work a client can do, so that the server is what is measured. */
class Line {
  readonly #socket: Socket;
  #got = '';
  #done: ((ok: boolean) => void) | undefined;
  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => {
      this.#got += text;
      const head = this.#got.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(this.#got.slice(0, head))?.[1] ?? 0);
      if (this.#got.length < head + 4 + length) return;
      const ok = this.#got.startsWith('HTTP/1.1 2');
      if (!ok) lastFailure = this.#got.slice(0, 2000);
      this.#got = '';
      this.#done?.(ok);
    });
    this.#socket.on('error', () => this.#done?.(false));
    this.#socket.on('close', () => this.#done?.(false));
  }
  ask(request: string): Promise<boolean> {
    return new Promise((done) => {
      this.#done = done;
      this.#socket.write(request);
    });
  }
  end(): void {
    this.#socket.destroy();
  }
}

async function load(order: LoadOrder): Promise<LoadResult> {
  const lines = Array.from({ length: order.connections }, () => new Line(order.port));
  const took: number[] = [];
  let failed = 0;
  let next = 0;
  const started = performance.now();
  const until = order.seconds === undefined ? Infinity : started + order.seconds * 1000;
  const gap = order.perSecond === undefined ? 0 : 1000 / order.perSecond;
  await Promise.all(
    lines.map(async (line) => {
      for (;;) {
        const turn = next++;
        // A paced request counts from when it was due, so that waiting for a free connection is seen.
        const due = gap === 0 ? performance.now() : started + turn * gap;
        if (due >= until || performance.now() >= until) return;
        if (order.seconds === undefined && turn >= order.requests.length) return;
        const wait = due - performance.now();
        if (wait > 0.5) await new Promise((go) => setTimeout(go, wait));
        const request = order.requests[turn % order.requests.length];
        if (request === undefined) return;
        if (await line.ask(request)) took.push(performance.now() - Math.min(due, performance.now()));
        else failed += 1;
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  for (const line of lines) line.end();
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return { answered: took.length, failed, lastFailure, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

process.once('message', (order: LoadOrder) => {
  void load(order).then((result) => process.send?.(result, () => process.exit(0)));
});
