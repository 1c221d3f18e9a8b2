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
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { fieldsOf, frame, int32, T } from '../wire/messages.ts';
import { OneAnswer } from './one-answer.ts';
import { splitStatements, type OneStatement } from './split-statements.ts';

const CLEARTEXT = 3;
const LOGGED_IN = 0;
const STATES: Readonly<Record<number, TransactionState>> = { 0x49: 'none', 0x54: 'open', 0x45: 'failed' };
/** The longest message of a server's that is not a row. */
const LONGEST = 4 * 1024 * 1024;
const FLOW: ReadonlySet<number> = new Set([T.dataRow, T.copyData]);

/** The client's side of one session, from the login on. What comes that was not asked for ends it. */
export class ClientSession {
  readonly #stream: Socket;
  readonly #words = new LastWords();
  readonly ready: Promise<void>;
  readonly key = { pid: 0, secret: Buffer.alloc(4) };
  transaction: TransactionState = 'none';
  #password: string | undefined;
  #begun = false;
  #closed = false;
  #answer: OneAnswer | undefined;
  #untold: SaidBeside[] = [];
  #take: ((words: SaidBeside) => void) | undefined;
  #letIn: () => void = () => {};
  #refuse: (error: Error) => void = () => {};

  constructor(stream: Socket, password: string) {
    this.#stream = stream;
    this.#password = password;
    this.ready = new Promise((resolve, reject) => {
      this.#letIn = resolve;
      this.#refuse = reject;
    });
    const splitter = new FrameSplitter(
      { of: (type) => (FLOW.has(type) ? 'flow' : 'hold'), longestHeld: LONGEST },
      {
        whole: (type, buffer, start, end) => this.#whole(type, buffer.subarray(start, end)),
        begins: (type, length) => this.#answering().flowBegins(type, length),
        flows: (buffer, start, end) => this.#answering().flows(buffer, start, end),
      },
    );
    stream.on('data', (chunk: Buffer) => {
      if (this.#closed) return;
      try {
        splitter.push(chunk);
        this.#answer?.flush();
      } catch (error) {
        if (!(error instanceof BrokenFrame)) throw error;
        this.lost(`the gateway's answer cannot be read: ${error.message}`);
      }
    });
    stream.on('error', () => stream.destroy());
    stream.once('close', () => this.#over());
  }

  get over(): Promise<string> {
    return this.#words.over;
  }

  said(take: (words: SaidBeside) => void): void {
    this.#take = take;
    for (const words of this.#untold.splice(0)) take(words);
  }

  async run(text: string, limits: RunLimits, on: RunEvents): Promise<void> {
    for (const one of splitStatements(text)) {
      on.begins({ start: one.start, end: one.end });
      if (one.wantsRows) {
        const message = 'copy from stdin wants rows of a client, and a browser has none';
        on.failed({ code: '0A000', message, hint: 'Use reeve db connect, and \\copy in psql.' });
        return;
      }
      if (!(await this.#ask(one, limits, on))) return;
    }
  }

  /** Runs one statement; answers whether the next may run. Rejects where the session ends meanwhile. */
  async #ask(one: OneStatement, limits: RunLimits, on: RunEvents): Promise<boolean> {
    if (this.#closed) throw new NotLetIn('the session is over');
    if (this.#answer !== undefined) throw new Error('a statement runs already');
    const answer = new OneAnswer(one, limits, on);
    this.#answer = answer;
    this.#stream.write(
      Buffer.concat([
        frame(T.parse, '', one.text.replaceAll('\0', ''), Buffer.alloc(2)),
        frame(T.bind, '', '', Buffer.alloc(6)),
        frame(T.describe, Buffer.from('P\0')),
        // one more than is shown tells whether there is more
        frame(T.execute, '', int32(limits.rows + 1)),
        frame(T.close, Buffer.from('P\0')),
        frame(T.sync),
      ]),
    );
    return await answer.whole;
  }

  leave(): void {
    this.#closed = true;
    if (!this.#stream.destroyed) this.#stream.end(frame(T.terminate));
    this.#stream.resume();
    setTimeout(() => this.#stream.destroy(), 1_000).unref();
  }

  lost(why: string): void {
    this.#words.say(why);
    this.#closed = true;
    this.#stream.destroy();
  }

  #over(): void {
    this.#closed = true;
    const why = new NotLetIn(this.#words.end());
    this.#refuse(why);
    this.#answer?.broke(why);
  }

  #answering(): OneAnswer {
    if (this.#answer === undefined) throw new BrokenFrame('it answers what was not asked');
    return this.#answer;
  }

  #whole(type: number, message: Buffer): void {
    if (type === T.notice) return this.#notice(message);
    if (type === T.parameterStatus || type === T.negotiate) return;
    if (type === T.notification) return this.#notification(message);
    if (!this.#begun) return this.#login(type, message);
    if (type === T.error && this.#isLast(message)) return;
    if (type === T.ready) return this.#isReady(message);
    if (type === T.copyIn || type === T.copyBoth) throw new BrokenFrame('it asks for rows');
    this.#answering().heard(type, message);
  }

  #login(type: number, message: Buffer): void {
    if (type === T.error) return this.#words.say(fieldsOf(message).get('M') ?? 'the gateway did not let in');
    if (type === T.backendKey) {
      this.key.pid = message.readInt32BE(5);
      this.key.secret = Buffer.from(message.subarray(9));
    } else if (type === T.ready) {
      this.#begun = true;
      this.#letIn();
    } else if (type === T.authentication) this.#prove(message.length < 9 ? -1 : message.readInt32BE(5));
    else throw new BrokenFrame('it breaks the login');
  }

  #prove(how: number): void {
    if (how === LOGGED_IN && this.#password === undefined) return;
    if (how !== CLEARTEXT || this.#password === undefined) throw new BrokenFrame('it asks for another login');
    this.#stream.write(frame(T.password, this.#password));
    this.#password = undefined;
  }

  /** Of an error that ends the session: its words are why. */
  #isLast(message: Buffer): boolean {
    const fields = fieldsOf(message);
    const severity = fields.get('V') ?? fields.get('S');
    if (severity !== 'FATAL' && severity !== 'PANIC') return false;
    this.#words.say(fields.get('M') ?? 'the session was ended');
    return true;
  }

  #isReady(message: Buffer): void {
    this.transaction = STATES[message[5] ?? 0] ?? 'none';
    const answer = this.#answering();
    this.#answer = undefined;
    answer.ready();
  }

  #notice(message: Buffer): void {
    const fields = fieldsOf(message);
    this.#beside({ severity: (fields.get('S') ?? 'NOTICE').toLowerCase(), text: fields.get('M') ?? '' });
  }

  #notification(message: Buffer): void {
    const [channel = '', payload = ''] = message.toString('utf8', 9).split('\0');
    this.#beside({ severity: 'notification', text: payload === '' ? channel : `${channel}: ${payload}` });
  }

  #beside(words: SaidBeside): void {
    const cut = { severity: words.severity.slice(0, 40), text: words.text.slice(0, 4000) };
    if (this.#take !== undefined) this.#take(cut);
    else if (this.#untold.length < 50) this.#untold.push(cut);
  }
}
