import { asksForTls, readHandshake } from '#gateways/mysql/login/read-handshake.ts';
import { readExecute } from '#gateways/mysql/statements/read-execute.ts';
import { BrokenFrame } from '#gateways/database/index.ts';
import { CAN } from '#gateways/mysql/wire/capabilities.ts';
import { errorContent, ERROR, lengthOf, readError, readOk, withWords } from '#gateways/mysql/wire/packets.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { damaged, mangled, must, oneOf, type Random } from '../random.ts';

const NEEDED = CAN.protocol41 | CAN.secureConnection | CAN.pluginAuth | CAN.tls;
const NAMES = ['root@db1', '', 'lena%shop', 'l\u00e9na@db1', 'a'.repeat(300), 'x\u0001y'];

/** The first message of a client as one would write it, with more or less in it. */
function handshake(random: Random): Buffer {
  const some = (flag: number): number => (random(2) === 0 ? flag : 0);
  const flags = (NEEDED | some(CAN.longAuthData) | some(CAN.connectWithDatabase) | some(CAN.attributes)) >>> 0;
  const head = Buffer.alloc(32);
  head.writeUInt32LE(flags, 0);
  head[8] = 45;
  const zero = Buffer.alloc(1);
  const short = (text: string): Buffer => Buffer.concat([lengthOf(Buffer.from(text)), Buffer.from(text)]);
  const proof = Buffer.alloc(random(40), 7);
  const attributes = Buffer.concat(Array.from({ length: 2 * random(3) }, () => short(oneOf(random, NAMES))));
  return Buffer.concat([
    head,
    Buffer.from(oneOf(random, NAMES)),
    zero,
    Buffer.concat([(flags & CAN.longAuthData) === 0 ? Buffer.from([proof.length]) : lengthOf(proof), proof]),
    ...((flags & CAN.connectWithDatabase) === 0 ? [] : [Buffer.from('shop'), zero]),
    Buffer.from('caching_sha2_password\0'),
    ...((flags & CAN.attributes) === 0 ? [] : [lengthOf(attributes), attributes]),
  ]);
}

const OKS = [
  Buffer.from([0, 0, 0, 2, 0, 0, 0]),
  Buffer.from([0, 0xfc, 1, 2, 0xfe, 1, 2, 3, 4, 5, 6, 7, 8, 2, 0, 0, 0, 3, 0x61, 0x62, 0x63]),
  errorContent({ ...ERROR.accessDenied, message: 'no' }),
];
const RUNS = [
  Buffer.from([23, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 8, 0, 253, 0, 1, 2, 3, 4, 5, 6, 7, 8, 3, 97, 98, 99]),
  Buffer.from([23, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 12, 0, 11, 0, 7, 234, 7, 1, 2, 3, 4, 5, 8, 0, 1, 0, 0, 0, 2, 3, 4]),
  Buffer.from([23, 1, 0, 0, 0, 0, 1, 0, 0, 0, 2, 1, 4, 0, 5, 128, 0, 0, 128, 63]),
];

/** What throws is an Error that says what is wrong, not one of the language's own. */
function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    must(
      error instanceof Error && (error.constructor === Error || error instanceof BrokenFrame || isNoUtf8(error)),
      () => `not judged: ${String(error)}`,
    );
    return undefined;
  }
}
const isNoUtf8 = (error: Error): boolean => 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA';

/** What a client says first, how it runs what it prepared, and how a server answers: read within its bounds, or refused. */
export const mysqlLogIn: Parser = {
  name: 'mysql-log-in',
  reads: 'handshakes of MySQL clients, values of prepared statements, OK and error packets',
  mostMs: 20,
  beyond: 40,
  one: (random) => {
    const made = handshake(random);
    const way = random(5);
    const bytes = way === 0 ? made : way < 3 ? damaged(random, made) : mangled(random, made, OKS);
    tried(() => asksForTls(bytes));
    const read = tried(() => readHandshake(bytes));
    must(way > 0 || read !== undefined, () => 'a handshake that is one was refused');
    if (read !== undefined) {
      must(
        bytes.includes(Buffer.from(`${read.user}\0`)),
        () => `a user that was not sent: ${JSON.stringify(read.user)}`,
      );
      const told = read.attributes.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
      must(told + read.user.length + read.database.length <= bytes.length, () => 'more was read than was sent');
    }
    const answer = random(3) === 0 ? oneOf(random, OKS) : mangled(random, oneOf(random, OKS), OKS);
    const broken = (): Error => new BrokenFrame('cut off');
    tried(() => readOk(answer, broken));
    readError(answer);
    const told = tried(() => withWords(answer, 'Reeve: we stop at noon\u0000'));
    must(told === undefined || told.includes('we stop at noon'), () => 'what was to be said was not');
    const run = random(3) === 0 ? damaged(random, oneOf(random, RUNS)) : mangled(random, oneOf(random, RUNS), RUNS);
    const execution = tried(() => readExecute(run, 2, undefined, new Map()));
    if (execution !== undefined)
      must(execution.values.length === 2 && execution.types.length === 4, () => 'two values');
    if (read === undefined) return execution === undefined ? AT_ONCE : 'values';
    return execution === undefined ? 'a handshake' : 'a handshake, values';
  },
};
