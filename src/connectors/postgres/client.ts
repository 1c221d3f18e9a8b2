/** The one place of the postgres connector that knows the driver. One connection serves one call; every wait is bounded. */
import { Client, DatabaseError } from 'pg';
import { TargetError, type Credential } from '../port.ts';
import { cleartext, dial, place, type Address, type Line } from './dial.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A connection that is logged in. */
export interface Database {
  query(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Works in one transaction, committed at its end and undone where it throws. */
  transaction<T>(begin: string, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Login {
  readonly address: Address;
  readonly database: string;
  readonly credential: Credential;
  readonly pinned: readonly string[];
  readonly statementMs: number;
}

/** What the server's first words say about how it lets people in. */
interface Greeting {
  asked: boolean;
  accepted: boolean;
}

/** Logs in. Throws `untrusted` before anything is sent to a server that is not pinned, `refused` when the credential is not accepted. */
export async function openDatabase(login: Login): Promise<Database> {
  const { client, error } = await logIn(login);
  if (!error) {
    const query: Database['query'] = (text, values) => run(client, login, text, values);
    return { query, transaction: (begin, work) => transaction(query, begin, work), close: () => end(client) };
  }
  if (isLoginRefusal(error)) {
    throw new TargetError(
      'refused',
      `${place(login.address)} does not accept the credential of \`${login.credential.username}\` (${said(error)})`,
    );
  }
  throw targetError(error, login);
}

/**
 * Whether the server lets the credential in. It counts as in once the password was asked for and found right, even if the role may
 * not use this database; a role that may not log in at all is refused.
 */
export async function tryLogin(login: Login): Promise<boolean> {
  const { client, error, greeting } = await logIn(login);
  if (!error) await end(client);
  if (error && isLoginRefusal(error)) return false;
  if (!greeting.accepted && error) throw targetError(error, login);
  if (greeting.asked) return true;
  throw new TargetError(
    'unsupported',
    `${place(login.address)} lets \`${login.credential.username}\` in without asking for a password (pg_hba.conf), so a login there proves nothing`,
  );
}

async function logIn(login: Login): Promise<{ client: Client; error: unknown; greeting: Greeting }> {
  const { address, credential, pinned } = login;
  if (credential.kind !== 'password')
    throw new TargetError('unsupported', 'a PostgreSQL server takes passwords only; this credential is a key');
  const line = await dial(address);
  if (!pinned.includes(line.pin)) {
    line.stream.destroy();
    const expected = pinned.length === 0 ? 'nothing is pinned' : `pinned is ${pinned.join(' or ')}`;
    const shown = line.pin === cleartext ? 'it offers no TLS' : `it shows ${line.pin}`;
    throw new TargetError(
      'untrusted',
      `${place(address)} is not the pinned server: ${shown}, ${expected}; nothing was sent to it`,
    );
  }
  const greeting = listen(line, address);
  const client = new Client({
    stream: () => alreadyOpen(line),
    ssl: false,
    user: credential.username,
    password: credential.password,
    database: login.database,
    application_name: 'reeve',
    connectionTimeoutMillis: address.connectMs,
    query_timeout: login.statementMs + 1_000,
    // Unqualified names must not find what somebody planted in `public` (CVE-2018-1058); literals must mean what they say.
    options: `-c search_path=pg_catalog -c standard_conforming_strings=on -c statement_timeout=${login.statementMs} -c lock_timeout=5000`,
  });
  // A connection that breaks between two statements is reported by the next one.
  client.on('error', () => {});
  try {
    await client.connect();
    return { client, error: undefined, greeting };
  } catch (error) {
    line.stream.destroy();
    return { client, error: error ?? new Error('the log-in failed'), greeting };
  }
}

/** The driver wants to connect its stream itself; this one is connected and checked already. */
const alreadyOpen = ({ stream }: Line): Line['stream'] =>
  Object.assign(stream, {
    connect: () => {
      setImmediate(() => {
        stream.resume();
        stream.emit('connect');
      });
      return stream;
    },
  });

const authentication = { ok: 0, sasl: 10, saslContinue: 11, saslFinal: 12 };

/**
 * Hears the server's messages before the driver does, up to its verdict. A server that asks for the password itself (`password`,
 * `md5` in pg_hba.conf) is hung up on before the driver can answer: only SCRAM-SHA-256 keeps the password here.
 */
function listen({ stream }: Line, address: Address): Greeting {
  const greeting: Greeting = { asked: false, accepted: false };
  let heard = Buffer.alloc(0);
  const hear = (chunk: Buffer): void => {
    heard = Buffer.concat([heard, chunk]);
    while (heard.length >= 9) {
      const method = heard.readInt32BE(5);
      const isAuthentication = heard[0] === 0x52;
      const known = method === authentication.saslContinue || method === authentication.saslFinal;
      if (isAuthentication && method === authentication.sasl) greeting.asked = true;
      else if (isAuthentication && method === authentication.ok) greeting.accepted = true;
      else if (isAuthentication && !known) {
        stream.destroy(
          new TargetError(
            'unsupported',
            `${place(address)} asks for the password itself; let pg_hba.conf ask with scram-sha-256`,
          ),
        );
      }
      const end = 1 + heard.readInt32BE(1);
      if (!isAuthentication || greeting.accepted || heard.length < end) {
        if (!isAuthentication || greeting.accepted) stream.removeListener('data', hear);
        return;
      }
      heard = heard.subarray(end);
    }
  };
  stream.on('data', hear);
  return greeting;
}

async function transaction<T>(query: Database['query'], begin: string, work: () => Promise<T>): Promise<T> {
  await query(begin);
  try {
    const result = await work();
    await query('commit');
    return result;
  } catch (error) {
    await query('rollback').catch(() => undefined);
    throw error;
  }
}

async function run(
  client: Client,
  login: Login,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  try {
    const result = await client.query<Record<string, unknown>>(text, [...values]);
    return result.rows;
  } catch (error) {
    throw targetError(error, login);
  }
}

async function end(client: Client): Promise<void> {
  const late = new Promise<void>((resolve) => {
    setTimeout(resolve, 2_000).unref();
  });
  await Promise.race([client.end().catch(() => {}), late]);
}

/** SQLSTATE class 28: the name or password is wrong, or the role may not log in (from here). */
const isLoginRefusal = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code?.startsWith('28') === true;

/** The driver's error as a TargetError. Server messages name objects, never the values of a statement. */
function targetError(error: unknown, login: Login): TargetError {
  if (error instanceof TargetError) return error;
  const at = place(login.address);
  if (!(error instanceof DatabaseError))
    return new TargetError('unreachable', `the connection to ${at} broke off or gave no answer in time`, {
      cause: error,
    });
  const code = error.code ?? '';
  const sentence = `${at}: ${said(error)} (${code})`;
  if (/^(?:08|53|57P)/u.test(code)) return new TargetError('unreachable', sentence, { cause: error });
  // Two changes at the same moment: the second finds it done when it is tried again.
  if (code === '42710' || code === '23505') return new TargetError('failed', sentence, { cause: error });
  if (code === '3D000') return new TargetError('unsupported', sentence, { cause: error });
  // Names, missing or dependent objects and missing rights: the same call would fail the same way.
  if (/^(?:42|2B|0L|0P|22)/u.test(code)) return new TargetError('refused', sentence, { cause: error });
  return new TargetError('failed', sentence, { cause: error });
}

const said = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 300) : '';
