import { connect, type Socket } from 'node:net';
import { connect as startTls } from 'node:tls';
import { frame, int32, T } from '#gateways/postgres/wire/messages.ts';
import { startupMessage, tlsRequest } from '#gateways/postgres/wire/startup.ts';
import { until } from '#test/ssh-rig/run-program.ts';
import { PASSWORD } from './rig.ts';

/** One message as it came: its letter and its body. */
export interface Heard {
  readonly type: string;
  readonly body: Buffer;
}

/** A client without manners: it says what a test has it say, byte by byte, and keeps what it hears. */
export class RawPgClient {
  readonly socket: Socket;
  over: Socket;
  bytes: Buffer = Buffer.alloc(0);
  closed = false;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.over = this.socket;
    this.#listen(this.socket);
  }

  #listen(socket: Socket): void {
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => (this.bytes = Buffer.concat([this.bytes, chunk])));
    socket.on('close', () => (this.closed = true));
  }

  /** Asks for TLS and begins it. */
  async tls(): Promise<void> {
    this.socket.write(tlsRequest);
    await until(() => this.bytes.length > 0 || this.closed, 'an answer about TLS');
    this.bytes = Buffer.alloc(0);
    this.socket.removeAllListeners('data');
    const over = startTls({ socket: this.socket, rejectUnauthorized: false });
    this.over = over;
    this.#listen(over);
    await until(() => over.getProtocol() !== null && over.authorized !== undefined && !over.connecting, 'TLS');
  }

  /** Up to the first ReadyForQuery. */
  async logIn(parameters: Record<string, string> = {}, user = 'postgres@db1'): Promise<void> {
    await this.tls();
    this.say(startupMessage(new Map(Object.entries({ user, database: 'postgres', ...parameters }))));
    await this.hear('R');
    this.say(frame(T.password, PASSWORD));
    await this.hear('Z');
  }

  say(...bytes: readonly Buffer[]): void {
    if (!this.over.destroyed) this.over.write(Buffer.concat(bytes));
  }

  get heard(): Heard[] {
    const all: Heard[] = [];
    for (let at = 0; at + 5 <= this.bytes.length;) {
      const length = this.bytes.readUInt32BE(at + 1);
      if (at + 1 + length > this.bytes.length) break;
      all.push({ type: String.fromCharCode(this.bytes[at] ?? 0), body: this.bytes.subarray(at + 5, at + 1 + length) });
      at += 1 + length;
    }
    return all;
  }

  /** Letters of what came since `forget`. */
  get letters(): string {
    return this.heard.map(({ type }) => type).join('');
  }

  forget(): void {
    this.bytes = Buffer.alloc(0);
  }

  /** Waits for so many messages of a type. */
  async hear(type: string, times = 1): Promise<Heard> {
    await until(
      () => this.heard.filter((h) => h.type === type).length >= times || this.closed,
      `${times} of ${type}`,
      5000,
    );
    const found = this.heard.filter((h) => h.type === type)[times - 1];
    if (found === undefined)
      throw new Error(`closed before ${type}; heard ${this.letters} ${this.bytes.toString('latin1')}`);
    return found;
  }

  async gone(): Promise<void> {
    await until(() => this.closed, 'the connection to be closed', 5000);
  }

  end(): void {
    this.over.destroy();
    this.socket.destroy();
  }
}

export const query = (text: string): Buffer => frame(T.query, text);
export const parse = (name: string, text: string): Buffer => frame(T.parse, name, text, Buffer.alloc(2));
export const bind = (portal: string, statement: string, ...values: readonly string[]): Buffer =>
  frame(
    T.bind,
    portal,
    statement,
    Buffer.from([0, 0, values.length >> 8, values.length & 255]),
    ...values.map((v) => Buffer.concat([int32(Buffer.byteLength(v)), Buffer.from(v)])),
    Buffer.alloc(2),
  );
export const execute = (portal = ''): Buffer => frame(T.execute, portal, int32(0));
export const describe = (of: 'S' | 'P', name = ''): Buffer => frame(T.describe, Buffer.from(of), name);
export const sync = frame(T.sync);
export const fieldOf = (heard: Heard, letter: string): string =>
  heard.body
    .toString()
    .split('\0')
    .find((field) => field.startsWith(letter))
    ?.slice(1) ?? '';
