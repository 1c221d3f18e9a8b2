import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call as it came in. */
export interface Call {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** For tests: a receiver on loopback that can be down and come back on the same port. */
export interface Receiver {
  readonly port: number;
  calls: Call[];
  /** What it answers, by path; 204 where nothing is said. */
  answers: Record<string, number>;
  down(): Promise<void>;
  up(): Promise<void>;
}

/** Starts it. */
export const startReceiver = async (): Promise<Receiver> => {
  let server: Server | undefined;
  let port = 0;
  const up = async (): Promise<void> => {
    const made = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const path = request.url ?? '';
        receiver.calls.push({ path, headers: request.headers, body: Buffer.concat(pieces).toString() });
        const status = receiver.answers[path] ?? 204;
        response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {});
        response.end();
      });
    });
    await new Promise<void>((done) => made.listen(port, '127.0.0.1', done));
    port = (made.address() as AddressInfo).port;
    server = made;
  };
  const receiver: Receiver = {
    get port() {
      return port;
    },
    calls: [],
    answers: {},
    up,
    down: async () => {
      server?.closeAllConnections();
      await new Promise((done) => server?.close(done));
    },
  };
  await up();
  return receiver;
};

/** As a receiver verifies, written from the specification alone: any of the signatures will do. */
export const verifies = (call: Call | undefined, secret: string): boolean => {
  if (call === undefined) return false;
  const { headers, body } = call;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(expected);
};
