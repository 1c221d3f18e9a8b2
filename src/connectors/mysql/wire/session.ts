/** A session with a server: one log-in, then statement by statement. Every wait is bounded, and so is every answer. */
import { TargetError, type Credential } from '../../port.ts';
import { Cursor } from './cursor.ts';
import { logIn, type LoginOutcome } from './log-in.ts';
import { largestPacket, openLine, place, type Address, type Line } from './open-line.ts';
import type { PacketStream } from './packet-stream.ts';
import { errorNumber, readError, serverError } from './server-error.ts';

/** The values of one row, in the order they were asked for. */
export type Row = readonly (string | null)[];

export interface Session {
  /** `host:port` for messages. */
  readonly at: string;
  readonly version: string;
  /** Rows of a query that has `width` columns; TargetError `failed` when there are more than `most`. */
  rows(sql: string, width: number, most?: number): Promise<readonly Row[]>;
  /** The same rows one by one, however many; each may take as long as a statement. Whoever stops early hangs up. */
  flow(sql: string, width: number): AsyncGenerator<Row, void, void>;
  /** A statement without rows. `secret`: the server's words about it are not repeated. */
  run(sql: string, options?: { readonly secret?: boolean }): Promise<void>;
  close(): void;
}

export interface Login {
  readonly address: Address;
  readonly user: string;
  readonly credential: Credential;
  readonly pinned: readonly string[];
  readonly statementMs: number;
}

const MOST_ROWS = 20_000;
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

/** Logs in. Throws `untrusted` before anything is sent to a server that is not pinned, `refused` when the credential is not accepted. */
export async function openSession(login: Login): Promise<Session> {
  const { line, outcome, at } = await reach(login);
  if (!outcome.in) {
    line.packets.destroy();
    throw new TargetError(
      'refused',
      `${at} does not accept the credential of \`${login.credential.username}\`: ${outcome.because.text} (${outcome.because.number})`,
    );
  }
  const session = sessionOver(line, at, login.statementMs);
  try {
    await session.run(settle(login.statementMs));
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

/** What a log-in proves. `as`: the account the server took it for; absent where it does not tell before the password is changed. */
export type Proof =
  | { readonly in: true; readonly asked: boolean; readonly as?: { readonly user: string; readonly host: string } }
  | { readonly in: false; readonly because: string };

/** Logs in and out. */
export async function tryLogin(login: Login): Promise<Proof> {
  const { line, outcome, at } = await reach(login);
  if (!outcome.in) {
    line.packets.destroy();
    return { in: false, because: `${outcome.because.text} (${outcome.because.number})` };
  }
  const session = sessionOver(line, at, login.statementMs);
  try {
    const as = await currentAccount(session).catch((error: unknown) => {
      if (error instanceof ExpiredPassword) return undefined;
      throw error;
    });
    return { in: true, asked: outcome.asked, ...(as === undefined ? {} : { as }) };
  } finally {
    session.close();
  }
}

/** The account a session is logged in as, which may be another than the name it gave. */
export async function currentAccount(session: Session): Promise<{ readonly user: string; readonly host: string }> {
  const [row] = await session.rows('select current_user()', 1);
  const text = row?.[0] ?? '';
  const split = text.lastIndexOf('@');
  if (split < 0) throw new TargetError('failed', `${session.at} does not say whom it took the log-in for`);
  return { user: text.slice(0, split), host: text.slice(split + 1) };
}

async function reach(login: Login): Promise<{ line: Line; outcome: LoginOutcome; at: string }> {
  const { address, pinned } = login;
  const at = place(address);
  const line = await openLine(address);
  try {
    if (!pinned.includes(line.pin)) {
      const expected = pinned.length === 0 ? 'nothing is pinned' : `pinned is ${pinned.join(' or ')}`;
      throw new TargetError(
        'untrusted',
        `${at} is not the pinned server: it shows ${line.pin}, ${expected}; no credential was sent to it`,
      );
    }
    checkProduct(line.version, at);
    return { line, outcome: await logIn(line.packets, at, login.user, login.credential), at };
  } catch (error) {
    line.packets.destroy();
    throw error;
  }
}

/** Its privileges are others before 10.6, and everything is in MySQL. */
function checkProduct(version: string, at: string): void {
  // For the sake of old replicas MariaDB says `5.5.5-` before its real version.
  const [, major = '0', minor = '0'] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/u.exec(version) ?? [];
  if (!/mariadb/iu.test(version))
    throw new TargetError(
      'unsupported',
      `${at} is MySQL ${version}; this kind reads and changes MariaDB 10.6 or newer`,
    );
  if (Number(major) * 100 + Number(minor) < 1006)
    throw new TargetError('unsupported', `${at} is MariaDB ${version}; the oldest this kind knows is 10.6`);
}

/**
 * Names and texts mean what they say whatever the server is set to (it may not even heed the character set of the log-in); a grant never makes an account (no_auto_create_user);
 * waits have limits on the server's side too.
 */
const settle = (statementMs: number): string =>
  `set session sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,NO_AUTO_CREATE_USER,STRICT_ALL_TABLES', time_zone = '+00:00',
   character_set_client = utf8mb4, character_set_connection = utf8mb4, character_set_results = utf8mb4,
   max_statement_time = ${Math.ceil(statementMs / 1000)}, lock_wait_timeout = 5, wait_timeout = 3600, old_passwords = 0`;

class ExpiredPassword extends TargetError {}

function sessionOver({ packets, version }: Line, at: string, statementMs: number): Session {
  packets.take(largestPacket);
  const ask = async (sql: string): Promise<Buffer> => {
    packets.begin();
    packets.allow(statementMs + 1_000);
    packets.write(Buffer.concat([Buffer.from([0x03]), Buffer.from(sql)]));
    return packets.read();
  };
  const refuse = (packet: Buffer, secret = false): never => {
    if (readError(packet).number === errorNumber.mustChangePassword)
      throw new ExpiredPassword('refused', `${at}: the password of Reeve's account has expired; set it anew there`);
    throw serverError(packet, at, { secret });
  };
  const askForRows = async (sql: string, width: number): Promise<void> => {
    const head = await ask(sql);
    if (head[0] === 0xff) refuse(head);
    const columns = head[0] === 0 || head[0] === 0xfb ? 0 : new Cursor(head).packedInteger();
    if (columns !== width) hangUp(packets, at, head);
    for (let column = 0; column < columns; column += 1) await packets.read();
    if (!isEnd(await packets.read())) hangUp(packets, at, head);
  };
  return {
    at,
    version: version.replace(/^5\.5\.5-/u, ''),
    rows: async (sql, width, most = MOST_ROWS) => {
      await askForRows(sql, width);
      return rowsUntilEnd(packets, at, { width, most });
    },
    async *flow(sql, width) {
      await askForRows(sql, width);
      let ended = false;
      try {
        for (;;) {
          packets.allow(statementMs + 1_000);
          const packet = await packets.read();
          // What the server says of a row it could not make may repeat a value of it.
          if (packet[0] === 0xff) throw serverError(packet, at, { secret: true });
          ended = isEnd(packet);
          if (ended) return;
          yield rowOf(packet, width);
        }
      } finally {
        if (!ended) packets.destroy();
      }
    },
    run: async (sql, { secret = false } = {}) => {
      const head = await ask(sql);
      if (head[0] === 0xff) refuse(head, secret);
      if (head[0] !== 0x00) hangUp(packets, at, head);
    },
    close: () => packets.goodbye(Buffer.from([0x01])),
  };
}

/** A server that wants a file of Reeve's machine (LOAD DATA LOCAL) asks in the place of an answer; it gets none. */
function hangUp(packets: PacketStream, at: string, head: Buffer): never {
  packets.destroy();
  if (head[0] === 0xfb)
    throw new TargetError('unsupported', `${at} answers a statement by asking for a file of Reeve's machine; hung up`);
  throw new TargetError('failed', `${at} answers a statement in a way that was not asked for`);
}

const isEnd = (packet: Buffer): boolean => packet[0] === 0xfe && packet.length < 9;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

async function rowsUntilEnd(
  packets: PacketStream,
  at: string,
  limits: { readonly width: number; readonly most: number },
): Promise<readonly Row[]> {
  const found: Row[] = [];
  let bytes = 0;
  for (;;) {
    const packet = await packets.read();
    if (isEnd(packet)) return found;
    if (packet[0] === 0xff) throw serverError(packet, at);
    bytes += packet.length;
    if (found.length >= limits.most || bytes > MOST_ANSWER_BYTES) {
      packets.destroy();
      throw new TargetError('failed', `${at} answers with more than was asked for`);
    }
    found.push(rowOf(packet, limits.width));
  }
}

function rowOf(packet: Buffer, width: number): Row {
  const cursor = new Cursor(packet);
  const row = Array.from({ length: width }, () => {
    const value = cursor.value();
    if (value === null) return null;
    try {
      return utf8.decode(value);
    } catch (error) {
      throw new TargetError('failed', 'the server answered with something that is not text', { cause: error });
    }
  });
  if (cursor.left > 0) throw new TargetError('failed', 'a row of the server holds more than was asked for');
  return row;
}
