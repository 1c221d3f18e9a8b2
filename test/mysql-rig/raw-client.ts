import { connect, type Socket } from 'node:net';
import { connect as startTls } from 'node:tls';
import { CAN, OFFERED } from '#gateways/mysql/wire/capabilities.ts';
import { COMMAND } from '#gateways/mysql/wire/commands.ts';
import { packet } from '#gateways/mysql/wire/packets.ts';
import { until } from '#test/ssh-rig/run-program.ts';
import { PASSWORD } from './rig.ts';

/** One packet as it came. */
export interface Heard {
  readonly sequence: number;
  readonly content: Buffer;
}

/** A client without manners: it says what a test has it say, byte by byte, and keeps what it hears. */
export class RawMysqlClient {
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

  /** The number of its connection, as it was greeted; then asks for TLS and begins it. */
  async tls(): Promise<number> {
    const greeting = await this.hear(1);
    const id = greeting.content.readUInt32LE(greeting.content.indexOf(0) + 1);
    this.bytes = Buffer.alloc(0);
    this.socket.removeAllListeners('data');
    this.socket.write(packet(1, terms()));
    const over = startTls({ socket: this.socket, rejectUnauthorized: false });
    this.over = over;
    this.#listen(over);
    await until(() => over.getProtocol() !== null && !over.connecting, 'TLS');
    return id;
  }

  /** Up to the first OK. */
  async logIn(user = 'reeve@db1', collation = 45): Promise<number> {
    const id = await this.tls();
    this.say(packet(2, handshake(user, { collation })));
    await this.hear(1);
    this.say(packet(4, Buffer.from(`${PASSWORD}\0`)));
    const ok = await this.hear(2);
    if (ok.content[0] !== 0) throw new Error(ok.content.toString('latin1'));
    this.forget();
    return id;
  }

  say(...bytes: readonly Buffer[]): void {
    if (!this.over.destroyed) this.over.write(Buffer.concat(bytes));
  }

  get heard(): Heard[] {
    const all: Heard[] = [];
    for (let at = 0; at + 4 <= this.bytes.length;) {
      const length = this.bytes.readUIntLE(at, 3);
      if (at + 4 + length > this.bytes.length) break;
      all.push({ sequence: this.bytes[at + 3] ?? 0, content: this.bytes.subarray(at + 4, at + 4 + length) });
      at += 4 + length;
    }
    return all;
  }

  forget(): void {
    this.bytes = Buffer.alloc(0);
  }

  /** Waits for so many packets; answers the last of them. */
  async hear(count: number): Promise<Heard> {
    await until(() => this.heard.length >= count || this.closed, `${count} packets`, 5000);
    const found = this.heard[count - 1];
    if (found === undefined) throw new Error(`closed before packet ${count}: ${this.bytes.toString('latin1')}`);
    return found;
  }

  /** Says one command and hears what it is answered with, up to that many packets. */
  async ask(command: Buffer, packets = 1): Promise<readonly Heard[]> {
    this.forget();
    this.say(command);
    await this.hear(packets);
    return this.heard;
  }

  async gone(): Promise<void> {
    await until(() => this.closed, 'the connection to be closed', 5000);
  }

  end(): void {
    this.over.destroy();
    this.socket.destroy();
  }
}

const terms = (flags: number = OFFERED, collation = 45): Buffer => {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(flags >>> 0, 0);
  head.writeUInt32LE(0x4000_0000, 4);
  head[8] = collation;
  return head;
};

/** A HandshakeResponse41 with some password, without database and attributes. */
export const handshake = (
  user: string,
  more: { readonly flags?: number; readonly collation?: number; readonly way?: string; readonly proof?: Buffer } = {},
): Buffer =>
  Buffer.concat([
    terms((more.flags ?? OFFERED) & ~(CAN.connectWithDatabase | CAN.attributes), more.collation),
    Buffer.from(`${user}\0`),
    Buffer.from([(more.proof ?? Buffer.alloc(32, 1)).length]),
    more.proof ?? Buffer.alloc(32, 1),
    Buffer.from(`${more.way ?? 'caching_sha2_password'}\0`),
  ]);

export const command = (byte: number, ...content: readonly (Buffer | string)[]): Buffer =>
  packet(0, Buffer.from([byte]), ...content.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
export const query = (text: string | Buffer): Buffer => command(COMMAND.query, text);
/** The number and words of an error. */
export const errorOf = ({ content }: Heard): string =>
  content[0] === 0xff ? `${content.readUInt16LE(1)} ${content.toString('utf8', 9)}` : 'no error';
