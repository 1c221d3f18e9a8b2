import { connect, type Socket } from 'node:net';
import { connected, pinOf, tlsOver } from '#kit/sockets/index.ts';
import {
  BROWSER_NAME,
  catalogueStatement,
  ByteReader,
  NotLetIn,
  pinOfCertificate,
  type DatabaseClient,
  type DatabaseLogin,
  type SaidBeside,
} from '../../database/index.ts';
import { CLEAR_WAY, loginMessage } from '../login/receive-client.ts';
import { CAN } from '../wire/capabilities.ts';
import { Fields, lengthOf, packet, readError } from '../wire/packets.ts';
import { ClientSession } from './client-session.ts';
import { readOutcome } from './read-outcome.ts';

const LOGIN_MS = 30_000;
/** utf8mb4_general_ci */
const COLLATION = 45;
const FLAGS =
  (CAN.longPassword |
    CAN.longFlag |
    CAN.connectWithDatabase |
    CAN.protocol41 |
    CAN.tls |
    CAN.transactions |
    CAN.secureConnection |
    CAN.multiStatements |
    CAN.multiResults |
    CAN.pluginAuth |
    CAN.attributes) >>>
  0;

/**
 * Comes to a MySQL gateway of Reeve as a client of it, so that all it enforces holds for what is run through here. Throws
 * NotLetIn where it is not reached, shows another certificate, or does not let in.
 */
export async function comeToMysql(login: DatabaseLogin): Promise<DatabaseClient> {
  const { stream, id, words } = await logIn(login);
  const session = new ClientSession(stream);
  const greeting: SaidBeside[] = words === '' ? [] : [{ severity: 'note', text: words }];
  return {
    get transaction() {
      return session.transaction;
    },
    run: (text, limits, on) => session.run(text, limits, on),
    cancel: async (by) => {
      const other = await logIn(await by());
      const stops = new ClientSession(other.stream);
      try {
        await stops.plain(`KILL QUERY ${String(id)}`);
      } finally {
        stops.leave();
      }
    },
    catalogue: (of) => catalogueStatement(of, quoted),
    said: (take) => {
      for (const one of greeting.splice(0)) take(one);
      session.said(take);
    },
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    over: session.over,
    close: () => session.leave(),
  };
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

interface LoggedIn {
  readonly stream: Socket;
  /** By which the gateway knows this connection. */
  readonly id: number;
  /** What it said as it let in. */
  readonly words: string;
}

async function logIn(login: DatabaseLogin): Promise<LoggedIn> {
  const socket = connect({ host: login.host, port: login.port, noDelay: true, keepAlive: true });
  socket.on('error', () => {});
  const late = setTimeout(() => socket.destroy(), LOGIN_MS);
  try {
    await connected(socket);
    return await greeted(socket, login);
  } catch (error) {
    socket.destroy();
    throw error instanceof NotLetIn ? error : new NotLetIn('the gateway could not be reached');
  } finally {
    clearTimeout(late);
  }
}

const broken = (): Error => new NotLetIn('the gateway breaks the login');

async function greeted(socket: Socket, login: DatabaseLogin): Promise<LoggedIn> {
  const clear = new ByteReader(socket);
  const hello = new Fields(await heard(clear, 0), 1, broken);
  hello.untilZero();
  const id = hello.uint32();
  const head = Buffer.alloc(32);
  head.writeUInt32LE(FLAGS, 0);
  head.writeUInt32LE(0xff_ffff, 4);
  head[8] = COLLATION;
  // what would come in clear after this would be taken for the gateway's own words
  if (clear.release().length > 0) throw broken();
  socket.write(packet(1, head));
  const stream = await tlsOver(socket, login.host);
  if (pinOf(stream) !== pinOfCertificate(login.certificate))
    throw new NotLetIn('the gateway shows a certificate that is not its own; nothing was sent to it');
  socket.on('error', () => stream.destroy());
  const reader = new ByteReader(stream);
  const name = Buffer.from('program_name');
  const value = Buffer.from(BROWSER_NAME);
  const attributes = Buffer.concat([lengthOf(name), name, lengthOf(value), value]);
  stream.write(
    packet(
      2,
      head,
      Buffer.from(`${login.loginName}\0`),
      Buffer.from([0]),
      Buffer.from(`${login.database}\0${CLEAR_WAY}\0`),
      lengthOf(attributes),
      attributes,
    ),
  );
  const asked = await heard(reader, 3);
  if (asked[0] !== 0xfe || asked.toString('latin1', 1, asked.indexOf(0, 1)) !== CLEAR_WAY) throw broken();
  stream.write(packet(4, Buffer.from(`${login.password}\0`)));
  const answer = await heard(reader, 5);
  if (answer[0] !== 0x00) throw broken();
  const begun = reader.release();
  if (begun.length > 0) stream.unshift(begun);
  return { stream, id, words: readOutcome(answer).words };
}

/** What the gateway says next in the login. Throws its own words where it refuses. */
async function heard(reader: ByteReader, sequence: number): Promise<Buffer> {
  const content = await loginMessage(reader, sequence);
  if (content === undefined) throw new NotLetIn('the gateway closed the connection before the login');
  if (content[0] === 0xff) throw new NotLetIn(readError(content).text);
  return content;
}
