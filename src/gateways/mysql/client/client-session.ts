import type { Socket } from 'node:net';
import {
  BrokenFrame,
  LastWords,
  NotLetIn,
  type RunEvents,
  type RunLimits,
  type SaidBeside,
  type TransactionState,
} from '../../database/index.ts';
import { COMMAND } from '../wire/commands.ts';
import { packetsOf, PacketSplitter } from '../wire/packet-splitter.ts';
import { packet, readError } from '../wire/packets.ts';
import { OneAnswer } from './one-answer.ts';

/** The longest message of a server's that is not a row. */
const LONGEST = 4 * 1024 * 1024;
const NOTHING: RunLimits = { rows: 0, cellBytes: 0, resultBytes: 0 };
const UNHEARD: RunEvents = { begins: () => {}, columns: () => {}, rows: () => {}, done: () => {}, failed: () => {} };

interface Asked {
  readonly answer: OneAnswer;
  readonly whole: (error?: Error) => void;
}

/** The client's side of one session that is logged in. What comes that was not asked for ends it. */
export class ClientSession {
  readonly #stream: Socket;
  readonly #words = new LastWords();
  transaction: TransactionState = 'none';
  #closed = false;
  #asked: Asked | undefined;
  #take: ((words: SaidBeside) => void) | undefined;
  /** How many rows a SELECT without a limit of its own returns, as the server was told. */
  #limit: number | undefined;

  constructor(stream: Socket) {
    this.#stream = stream;
    const splitter = new PacketSplitter(LONGEST, {
      begins: (length, head) => this.#asked?.answer.begins(length, head) ?? 'hold',
      whole: (content) => this.#whole(content),
      flows: (buffer, start, end) => this.#asked?.answer.flows(buffer, start, end),
      flowed: () => this.#asked?.answer.flowed(),
    });
    stream.on('data', (chunk: Buffer) => {
      if (this.#closed) return;
      try {
        splitter.push(chunk);
        this.#asked?.answer.flush();
      } catch (error) {
        if (!(error instanceof BrokenFrame)) throw error;
        this.#words.say(`the gateway's answer cannot be read: ${error.message}`);
        this.#closed = true;
        stream.destroy();
      }
    });
    // the login let go of it paused
    stream.resume();
    stream.on('error', () => stream.destroy());
    stream.once('close', () => {
      this.#closed = true;
      this.#asked?.whole(new NotLetIn(this.#words.end()));
      this.#words.end();
    });
  }

  get over(): Promise<string> {
    return this.#words.over;
  }

  said(take: (words: SaidBeside) => void): void {
    this.#take = take;
  }

  async run(text: string, limits: RunLimits, on: RunEvents): Promise<void> {
    if (text.trim() === '') return;
    // the server stops by itself, instead of being stopped; where it may not be told, rows are read past
    if (this.#limit !== limits.rows) await this.#ask(`set sql_select_limit = ${String(limits.rows + 1)}`);
    this.#limit = limits.rows;
    await this.#ask(text, limits, on);
  }

  /** Runs a text of which nothing is to be seen. Rejects with the server's words where it refuses. */
  async plain(text: string): Promise<void> {
    const refused = await this.#ask(text);
    if (refused !== undefined) throw new NotLetIn(refused);
  }

  async #ask(text: string, limits = NOTHING, on = UNHEARD): Promise<string | undefined> {
    if (this.#closed) throw new NotLetIn('the session is over');
    if (this.#asked !== undefined) throw new Error('a statement runs already');
    const answer = new OneAnswer(text, limits, on, (words) => this.#take?.(words));
    await new Promise<void>((resolve, reject) => {
      this.#asked = { answer, whole: (error) => (error === undefined ? resolve() : reject(error)) };
      this.#stream.write(packetsOf(Buffer.concat([Buffer.from([COMMAND.query]), Buffer.from(text)]), 0));
    });
    return answer.error;
  }

  leave(): void {
    this.#closed = true;
    if (!this.#stream.destroyed) this.#stream.end(packet(0, Buffer.from([COMMAND.quit])));
    this.#stream.resume();
    setTimeout(() => this.#stream.destroy(), 1_000).unref();
  }

  #whole(content: Buffer): void {
    const asked = this.#asked;
    if (asked === undefined) {
      // only the gateway's last words come unasked
      if (content[0] !== 0xff) throw new BrokenFrame('it answers what was not asked');
      return this.#words.say(readError(content).text);
    }
    if (content[0] === 0xff) this.#mayBeLast(readError(content));
    asked.answer.whole(content);
    this.transaction = asked.answer.transaction ?? this.transaction;
    if (!asked.answer.over) return;
    this.#asked = undefined;
    asked.whole();
  }

  /** Of an error that ends the session. */
  #mayBeLast({ number, text }: { readonly number: number; readonly text: string }): void {
    if (number === KILLED) this.#words.say(text);
  }
}

/** ER_CONNECTION_KILLED of MariaDB, as the gateway says it last. */
const KILLED = 1927;
