import type { Socket } from 'node:net';
import { wipe } from '../../database/index.ts';
import type { Ticket } from '../../port.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { fieldsOf, frame, T } from '../wire/messages.ts';
import { startupMessage } from '../wire/startup.ts';
import { dialTarget, type TargetLine } from './dial-target.ts';
import { md5Answer, ScramProof } from './prove-password.ts';
import { TargetRefused } from './target-refused.ts';

/** A target that is logged in and ready for its first statement; its stream is paused. */
export interface OpenTarget {
  readonly stream: Socket;
  /** ParameterStatus messages as they came, to be passed on. */
  readonly greeting: readonly Buffer[];
  readonly parameters: ReadonlyMap<string, string>;
  readonly key: { readonly pid: number; readonly secret: Buffer };
}

const METHOD = { ok: 0, cleartext: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 } as const;
const BEFORE_READY = new Set<number>([
  T.authentication,
  T.parameterStatus,
  T.backendKey,
  T.ready,
  T.error,
  T.notice,
  T.negotiate,
]);

/** Bytes of a log-in; what a server says of itself in one is some hundred. Others would be kept until it is over. */
const MOST_SAID = 1024 * 1024;

/** Reaches the target, proves the credential and waits for its first "ready". The credential's bytes are overwritten, whatever happens. */
export async function connectTarget(
  ticket: Ticket,
  parameters: ReadonlyMap<string, string>,
  limits: { readonly targetMs: number },
  stop: AbortSignal,
): Promise<OpenTarget> {
  const { credential, target } = ticket;
  try {
    if (credential.kind !== 'password')
      throw new TargetRefused(
        'refused',
        `the vault holds a key of this account, and ${target.systemName} takes passwords`,
      );
    const line = await dialTarget(target, limits, stop);
    try {
      return await new Login(line, target.systemName, credential).run(parameters, limits, stop);
    } catch (error) {
      line.stream.destroy();
      throw error;
    }
  } finally {
    wipe(credential);
  }
}

class Login {
  readonly #line: TargetLine;
  readonly #systemName: string;
  readonly #username: string;
  readonly #password: Buffer;
  readonly #scram: ScramProof;
  #asked: 'nothing' | 'scram' | 'other' = 'nothing';
  #in = false;
  readonly #greeting: Buffer[] = [];
  readonly #parameters = new Map<string, string>();
  #key = { pid: 0, secret: Buffer.alloc(4) };

  constructor(
    line: TargetLine,
    systemName: string,
    credential: { readonly username: string; readonly password: Buffer },
  ) {
    this.#line = line;
    this.#systemName = systemName;
    this.#username = credential.username;
    this.#password = credential.password;
    this.#scram = new ScramProof(credential.password);
  }

  run(
    parameters: ReadonlyMap<string, string>,
    limits: { readonly targetMs: number },
    stop: AbortSignal,
  ): Promise<OpenTarget> {
    const { stream } = this.#line;
    return new Promise<OpenTarget>((resolve, reject) => {
      let work: Promise<unknown> = Promise.resolve();
      let over = false;
      const finish = (error?: unknown): void => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        stop.removeEventListener('abort', onStop);
        stream.removeListener('data', onData);
        stream.removeListener('close', onClose);
        stream.pause();
        if (error !== undefined) reject(error instanceof Error ? error : new Error(String(error)));
        else resolve({ stream, greeting: this.#greeting, parameters: this.#parameters, key: this.#key });
      };
      const onClose = (): void =>
        finish(new TargetRefused('unreachable', `${this.#systemName} closed the connection during the log-in`));
      const onStop = (): void => finish(new TargetRefused('unreachable', 'the session ended'));
      const timer = setTimeout(
        () =>
          finish(
            new TargetRefused(
              'unreachable',
              `${this.#systemName} did not let the account in within ${limits.targetMs} ms`,
            ),
          ),
        limits.targetMs,
      );
      const splitter = new FrameSplitter(
        { of: (type) => (BEFORE_READY.has(type) ? 'hold' : undefined), longestHeld: 64 * 1024 },
        {
          begins: () => {},
          flows: () => {},
          whole: (type, buffer, start, end) => {
            const message = Buffer.from(buffer.subarray(start, end));
            const heard = async (): Promise<void> => {
              if (!over && (await this.#hear(type, message))) finish();
            };
            work = work.then(heard).catch(finish);
          },
        },
      );
      let heardBytes = 0;
      const onData = (chunk: Buffer): void => {
        heardBytes += chunk.length;
        if (heardBytes > MOST_SAID) return finish(this.#broken('says too much before the log-in is over'));
        try {
          splitter.push(chunk);
        } catch {
          finish(this.#broken('breaks the protocol during the log-in'));
        }
      };
      stream.on('data', onData);
      stream.on('close', onClose);
      stop.addEventListener('abort', onStop, { once: true });
      if (stop.aborted) return onStop();
      stream.write(startupMessage(new Map([['user', this.#username], ...parameters])));
      stream.resume();
    });
  }

  /** True once the target is ready. */
  async #hear(type: number, message: Buffer): Promise<boolean> {
    if (type === T.error) throw this.#refusal(message);
    if (type === T.authentication) await this.#authenticate(message);
    else if (type === T.notice) return false;
    else if (!this.#in) throw this.#broken('goes on before the log-in is over');
    else if (type === T.parameterStatus) {
      const [name = '', value = ''] = message.toString('utf8', 5).split('\0');
      this.#parameters.set(name, value);
      this.#greeting.push(message);
    } else if (type === T.backendKey) {
      if (message.length < 13) throw this.#broken('names no connection to cancel');
      this.#key = { pid: message.readInt32BE(5), secret: Buffer.from(message.subarray(9)) };
    }
    return type === T.ready;
  }

  async #authenticate(message: Buffer): Promise<void> {
    if (this.#in || message.length < 9) throw this.#broken('breaks the log-in');
    const { stream, encrypted } = this.#line;
    const method = message.readInt32BE(5);
    if (method === METHOD.ok) {
      if (this.#asked === 'scram' && !this.#scram.proved) throw this.#broken('skips the end of the log-in');
      this.#in = true;
    } else if (method === METHOD.sasl && this.#asked === 'nothing') {
      this.#asked = 'scram';
      stream.write(this.#scram.first(message.subarray(9)));
    } else if (method === METHOD.saslContinue && this.#asked === 'scram')
      stream.write(await this.#scram.next(message.subarray(9)));
    else if (method === METHOD.saslFinal && this.#asked === 'scram') this.#scram.last(message.subarray(9));
    else if (this.#asked !== 'nothing') throw this.#broken('asks twice');
    else if (!encrypted && (method === METHOD.md5 || method === METHOD.cleartext))
      throw new TargetRefused(
        'untrusted',
        `${this.#systemName} asks for the password itself over a connection without TLS`,
        {
          hint: 'Let its pg_hba.conf ask with scram-sha-256.',
        },
      );
    else if (method === METHOD.md5) {
      this.#asked = 'other';
      stream.write(md5Answer(this.#username, this.#password, message.subarray(9, 13)));
    } else if (method === METHOD.cleartext) {
      this.#asked = 'other';
      stream.write(frame(T.password, this.#password, Buffer.of(0)));
    } else throw new TargetRefused('refused', `${this.#systemName} asks for a log-in Reeve does not know (${method})`);
  }

  /** What a server says of a log-in names the role and the database, never the password. */
  #refusal(message: Buffer): TargetRefused {
    const fields = fieldsOf(message);
    const code = /^[0-9A-Z]{5}$/.exec(fields.get('C') ?? '')?.[0] ?? '08006';
    const wrong = code.startsWith('28');
    return new TargetRefused(
      'refused',
      wrong
        ? `${this.#systemName} does not take the credential that the vault holds: ${fields.get('M') ?? ''}`
        : (fields.get('M') ?? `${this.#systemName} refused the connection`),
      wrong ? { code: '08004', hint: 'Ask an administrator to rotate the account.' } : { code },
    );
  }

  readonly #broken = (what: string): TargetRefused => new TargetRefused('broken', `${this.#systemName} ${what}`);
}
