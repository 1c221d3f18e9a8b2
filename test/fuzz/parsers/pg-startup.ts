import { fieldsOf } from '#gateways/postgres/wire/messages.ts';
import { cancelMessage, firstWordLength, readFirstWord, startupMessage } from '#gateways/postgres/wire/startup.ts';
import { captured } from '../seeds.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { mangled, must, oneOf, type Random } from '../random.ts';

const SEEDS = [
  ...captured('pg-first-words'),
  cancelMessage(7, Buffer.alloc(32, 1)),
  startupMessage(
    new Map([
      ['user', 'postgres@db1'],
      ['database', 'shop'],
      ['options', '-c role=x'],
    ]),
  ),
];
const ERRORS = captured('pg-server').filter((one) => one[0] === 0x45 || one[0] === 0x4e);
const NAMES = ['user', 'database', 'options', 'role', '_pq_.x', 'application_name', '', 'replication'];

/** A start-up message of many parameters, some of them said twice or nameless. */
function made(random: Random): Buffer {
  const parts = Array.from({ length: random(8) }, () => `${oneOf(random, NAMES)}\0${'v'.repeat(random(40))}\0`).join(
    '',
  );
  const body = Buffer.from(`${parts}${random(5) === 0 ? '' : '\0'}`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.writeUInt32BE((3 << 16) | random(3), 4);
  return Buffer.concat([head, body]);
}

const lengthOf = (bytes: Buffer): number | undefined => {
  try {
    return firstWordLength(bytes);
  } catch {
    return undefined;
  }
};

/** The first message of a client is one of the four there are, read as it would be by a server, or an error. */
export const pgStartup: Parser = {
  name: 'pg-startup',
  reads: 'the first message of a PostgreSQL client, and errors of servers',
  mostMs: 20,
  beyond: 60,
  one: (random) => {
    const error = mangled(random, oneOf(random, ERRORS), ERRORS);
    for (const [letter, value] of fieldsOf(error)) must(letter.length === 1 && !value.includes('\0'), () => 'a field');
    let bytes = random(3) === 0 ? made(random) : oneOf(random, SEEDS);
    if (random(4) > 0) bytes = mangled(random, bytes, SEEDS);
    const length = lengthOf(bytes);
    if (length === undefined || length > bytes.length) return AT_ONCE;
    must(length >= 8 && length <= 10_000, () => `a first message of ${length} bytes`);
    let word: ReturnType<typeof readFirstWord>;
    try {
      word = readFirstWord(bytes.subarray(0, length));
    } catch (problem) {
      must(problem instanceof Error && !(problem instanceof RangeError), () => `not judged: ${String(problem)}`);
      return 'framed, and refused';
    }
    if (word.kind === 'cancel')
      must(word.secret.length === length - 12 && length <= 268, () => 'a cancel of another length');
    if (word.kind !== 'startup') return word.kind;
    const again = startupMessage(word.parameters);
    const read = readFirstWord(again);
    must(read.kind === 'startup' && again.readUInt32BE(0) === again.length, () => 'what is passed on is no start-up');
    must(
      JSON.stringify([...read.parameters]) === JSON.stringify([...word.parameters]),
      () => `passed on otherwise: ${JSON.stringify([...word.parameters])}`,
    );
    for (const name of word.parameters.keys())
      must(name !== '' && !name.startsWith('_pq_.'), () => `passed on: ${name}`);
    return 'a start-up';
  },
};
