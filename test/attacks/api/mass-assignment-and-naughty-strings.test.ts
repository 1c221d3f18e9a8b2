import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Operation } from '#spine/operations/index.ts';
import { peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { send, travelsWhole, withThings } from '../fuzz/send.ts';
import { fieldOf, inputWith, isText, pointerOf, spotsOf, type Spot } from '../fuzz/spots.ts';
import { storedTexts } from '../fuzz/stored-texts.ts';
import { oneOfEach, type OneOfEach } from '../one-of-each.ts';
import { smallestInput, valueOf } from '../smallest-input.ts';

const NAUGHTY = JSON.parse(
  readFileSync(new URL('../../fixtures/naughty-strings/strings.json', import.meta.url), 'utf8'),
) as readonly string[];
/** What every text is marked with that is sent, so that it is found again wherever it was kept. */
const MARK = 'zq9mark';
let house: PeopledHouse;
let world: OneOfEach;
let boss: Caller;
let operations: readonly Operation[];
let later: Date;

beforeAll(async () => {
  house = await peopledHouse();
  const all = ['administrator', 'security_officer', 'auditor', 'campaign_owner'] as const;
  boss = await house.person('boss', {}, all);
  const mara = await house.person('mara');
  const priya = await house.person('priya', { managerId: mara.id });
  const lena = await house.person('lena', { managerId: mara.id });
  const officer = await house.person('officer', {}, ['security_officer']);
  world = await oneOfEach(house, { lena, priya, boss, officer });
  later = new Date(house.clock.now().getTime() + 86_400_000);
  // Signing out is tried with the others and would end the trying.
  // Nor what would seal the vault for all the others: its one text is tried in vault/sealed.
  operations = [...house.registry.operations.values()].filter((o) => o.cookie !== 'ends' && o.name !== 'keys.seal');
});
afterAll(() => house?.close());

const reached = (operation: Operation): string => `${operation.name} (${operation.method} ${operation.path})`;
const isAnonymous = (operation: Operation): boolean => operation.audience === 'anyone';

async function sixAtATime<T>(things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  const waiting = [...things];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

/** What the operation says to an input without a surface before it: refused before anything is asked of the database. */
async function refusal(operation: Operation, input: unknown): Promise<AppError | undefined> {
  try {
    await house.perform(operation.name, input, isAnonymous(operation) ? undefined : boss.id);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** What went wrong behind a 5xx, for whoever reads this test's failure. */
async function causeOf(operation: Operation, input: Record<string, unknown>): Promise<string> {
  const error: unknown = await house.perform(operation.name, input, boss.id).catch((e: unknown) => e);
  return error instanceof Error ? `${error.name}: ${error.message}` : 'does not fail again';
}

interface Told {
  readonly pointer: string;
}
const pointersOf = (answer: Answer): string[] =>
  ((answer.body['errors'] ?? []) as readonly Told[]).map((e) => e.pointer);

test('a field nobody declared is refused by every operation, in the whole and in every part, by name', async () => {
  const wrong: string[] = [];
  const tryOne = async ([operation, spot]: readonly [Operation, Spot]): Promise<void> => {
    for (const name of ['isAdmin', '__proto__', 'constructor', 'toString']) {
      const base = valueOf({ ...spot.shape, type: 'object' }, later) as object;
      const part = JSON.parse(`{${JSON.stringify(name)}: {"polluted": true}}`) as object;
      const whole = Object.defineProperties({ ...base }, Object.getOwnPropertyDescriptors(part));
      const input = inputWith(operation.input, spot, whole, later);
      const at = `${pointerOf(spot)}/${name}`;
      const error = await refusal(operation, input);
      if (error?.status !== 422 || !error.errors.some((e) => e.pointer === at))
        wrong.push(`${reached(operation)} ${at}: ${error?.status} ${JSON.stringify(error?.errors)}`);
    }
  };
  const parts = operations.flatMap((o) =>
    spotsOf(o.input)
      .filter((s) => s.shape.properties !== undefined)
      .map((s) => [o, s] as const),
  );
  for (const part of parts) await tryOne(part);
  expect(wrong).toEqual([]);
  expect(parts.length).toBeGreaterThan(operations.length);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('so it is over HTTP: whatever the body, the query or the path holds besides', async () => {
  const wrong: string[] = [];
  await sixAtATime(
    operations.filter((o) => !isAnonymous(o)),
    async (operation) => {
      const input = withThings(operation, smallestInput(operation.input, house.clock.now()), world, '');
      const answer = await send(boss, operation, { ...input, nobodyDeclared: 'true' });
      if (answer.status !== 422 || !pointersOf(answer).includes('/nobodyDeclared'))
        wrong.push(`${reached(operation)}: ${answer.status} ${answer.text}`);
    },
  );
  expect(wrong).toEqual([]);
});

/** What a field asks of its value; fields that ask the same are of one kind. */
const kindOf = (spot: Spot): string => JSON.stringify({ ...spot.shape, description: undefined, title: undefined });
/** Fields of a kind that are tried with every value; each further one with one in so many, another share each. */
const WHOLE = 2;

/** Deals values out to fields by their kinds: all of them to the first few of a kind, another share to each of the rest. */
function dealer<T>(shares: number): (spot: Spot, values: readonly T[]) => readonly T[] {
  const met = new Map<string, number>();
  return (spot, values) => {
    const nth = met.get(kindOf(spot)) ?? 0;
    met.set(kindOf(spot), nth + 1);
    return nth < WHOLE ? values : values.filter((_value, n) => n % shares === nth % shares);
  };
}

const LONG = 'x'.repeat(10_000);
/** Values of every wrong type, and right ones beyond all bounds. */
const HOSTILE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2_147_483_648,
  Number.MAX_SAFE_INTEGER,
  1e308,
  '',
  '-1',
  'true',
  [],
  [[]],
  [null],
  {},
  { $ne: null },
  { toString: 'x', length: 1 },
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59-23:59',
  '00000000-0000-0000-0000-000000000000',
  LONG,
];
/** Of the texts, those that say something to a field that takes any: the others it takes as any text. */
const forField = (spot: Spot): readonly unknown[] =>
  isText(spot) ? [...HOSTILE.filter((v) => typeof v !== 'string'), '', ' ', LONG, 'R-99999999999999999999'] : HOSTILE;

test('no value of a wrong type or beyond bounds is met by a fault: it is taken, or refused by the name of its field', async () => {
  const faults: string[] = [];
  const unnamed: string[] = [];
  let sent = 0;
  let refused = 0;
  const deal = dealer<unknown>(3);
  const tryOne = async ([operation, spot]: readonly [Operation, Spot]): Promise<void> => {
    const field = fieldOf(spot);
    for (const value of deal(spot, forField(spot))) {
      const input = withThings(operation, inputWith(operation.input, spot, value, later), world, field);
      const what = `${reached(operation)} ${pointerOf(spot)} = ${JSON.stringify(value)?.slice(0, 60)}`;
      if (!operation.input.safeParse(input).success || isAnonymous(operation)) {
        const error = await refusal(operation, input);
        refused += 1;
        if (error === undefined) continue;
        if (error.status >= 500) faults.push(`${what}: ${error.code} ${error.message}`);
        if (error.status === 422 && !error.errors.some((e) => e.pointer.startsWith(`/${field}`)))
          unnamed.push(`${what}: ${JSON.stringify(error.errors)}`);
      } else if (travelsWhole(operation, field, value)) {
        const answer = await send(boss, operation, input);
        sent += 1;
        if (answer.status >= 500) faults.push(`${what}: ${await causeOf(operation, input)}`);
      }
    }
  };
  const spots = operations.flatMap((o) =>
    spotsOf(o.input)
      .filter((s) => s.steps.length > 0)
      .map((s) => [o, s] as const),
  );
  await sixAtATime(spots, tryOne);
  expect(faults).toEqual([]);
  expect(unnamed).toEqual([]);
  expect(sent).toBeGreaterThan(400);
  expect(refused).toBeGreaterThan(5000);
}, 180_000);

/** A text that was sent and taken, to be found again as it was. */
interface Taken {
  readonly at: string;
  readonly text: string;
}
const taken: Taken[] = [];

/** As many strings in one text as the field takes, each with a line of its own where it may have lines. */
function* packed(strings: readonly string[], fits: (text: string) => boolean): Generator<string> {
  let pack = '';
  for (const one of strings) {
    const more = pack === '' ? one : [`${pack}\n${one}`, `${pack} ${one}`].find(fits);
    if (more !== undefined) {
      pack = more;
      continue;
    }
    yield pack;
    pack = one;
  }
  if (pack !== '') yield pack;
}

/** Texts no database keeps as they are: half of a pair, and the character that ends a text in C. */
const UNKEPT = ['before\0after', '\0', 'half \uD83D', '\uDE00', '\uDE00\uD83D'];
/** Fields whose value no answer may repeat. */
const SECRET = /^(password|value|token|deviceCode|code|yaml)$/;

test('every naughty string in every kind of text field, and a share in each field, is taken as it is, or refused by the name of the field', async () => {
  const wrong: string[] = [];
  const deal = dealer<string>(8);
  const fields = operations.flatMap((o) =>
    spotsOf(o.input)
      .filter(isText)
      .map((s) => [o, s] as const),
  );
  const spots = fields.map(([o, s], turn) => [o, s, turn] as const);
  let marks = 0;
  const tryOne = async ([operation, spot, turn]: readonly [Operation, Spot, number]): Promise<void> => {
    const field = fieldOf(spot);
    const at = pointerOf(spot);
    const last = at.slice(at.lastIndexOf('/') + 1);
    const inputOf = (text: string): Record<string, unknown> =>
      withThings(operation, inputWith(operation.input, spot, text, later), world, field);
    const fits = (text: string): boolean => operation.input.safeParse(inputOf(text)).success;
    const strings = deal(spot, NAUGHTY);
    const willTake = strings.filter(fits);
    for (const text of [...UNKEPT, ...strings.filter((t) => !willTake.includes(t))]) {
      const error = await refusal(operation, inputOf(text));
      if (error?.status !== 422 || !error.errors.some((e) => e.pointer === at))
        wrong.push(`${reached(operation)} ${at} ${JSON.stringify(text)}: ${error?.status} ${error?.message}`);
      else if (SECRET.test(last) && text.length > 5 && JSON.stringify(error.errors).includes(text))
        wrong.push(`${reached(operation)} ${at} is repeated in the answer`);
    }
    if (isAnonymous(operation)) return;
    const marked = (text: string, n: number): string => {
      const mark = `${MARK}${(marks += 1)}z`;
      return [`${text}${mark}`, `${mark}${text}`].sort(() => (n % 2 === 0 ? 0 : -1)).find(fits) ?? text;
    };
    // What a field takes it is sent in turns, a few together and one alone.
    const packs = [...packed(willTake, (text) => fits(`${text}${MARK}0000z`))].filter((_p, n) => n % 6 === turn % 6);
    const alone = willTake.slice(turn % willTake.length, (turn % willTake.length) + 1);
    for (const text of [...packs, ...alone].map(marked)) {
      if (!travelsWhole(operation, field, text)) continue;
      const answer = await send(boss, operation, inputOf(text));
      if (answer.status >= 500)
        wrong.push(`${reached(operation)} ${at} ${JSON.stringify(text)}: ${await causeOf(operation, inputOf(text))}`);
      if (SECRET.test(last) && answer.status >= 400 && answer.text.includes(JSON.stringify(text).slice(1, -1)))
        wrong.push(`${reached(operation)} ${at} is repeated in the answer`);
      if (answer.status < 300) taken.push({ at: `${reached(operation)} ${at}`, text });
    }
  };
  await sixAtATime(spots, tryOne);
  expect(wrong).toEqual([]);
}, 180_000);

/** Texts that are kept in another form by intent: only that form is looked for. */
const KEPT_AS: readonly ((text: string) => string)[] = [(text) => text, (text) => text.toLowerCase()];

/** What the catalogue is searched by is words made of texts that are kept as they were given beside it. */
const MADE_TO_BE_SEARCHED: ReadonlySet<string> = new Set(['catalogue_entry', 'catalogue_word']);

test('what was taken is stored as it was given: nothing cut, trimmed, escaped or changed on the way', async () => {
  await house.settle(150_000);
  const stored = (await storedTexts(house.db, MARK)).filter(({ table }) => !MADE_TO_BE_SEARCHED.has(table));
  const altered: string[] = [];
  let found = 0;
  for (const { at, text } of taken) {
    const mark = new RegExp(`${MARK}\\d+z`).exec(text)?.[0];
    const holding = stored.filter((s) => mark !== undefined && s.text.toLowerCase().includes(mark));
    found += holding.length > 0 ? 1 : 0;
    for (const kept of holding)
      if (!KEPT_AS.some((as) => kept.text.includes(as(text))))
        altered.push(`${at}: ${JSON.stringify(text)} is ${JSON.stringify(kept)}`);
  }
  expect(altered).toEqual([]);
  expect(found).toBeGreaterThan(50);
}, 180_000);

test('what a person typed as a reason is in no public field of the log', async () => {
  const rows = await house.db.many<{ type: string; data: unknown }>(
    sql`select type, data from audit_event where data::text like ${`%${MARK}%`}`,
  );
  const reasons = new Set(taken.filter((t) => /\/(because|reason|comment|answer)$/.test(t.at)).map((t) => t.text));
  const told = rows.filter((row) =>
    [...reasons].some((text) => JSON.stringify(row.data).includes(JSON.stringify(text).slice(1, -1))),
  );
  expect(told).toEqual([]);
  expect(reasons.size).toBeGreaterThan(5);
});

/** A body as a client might write it who means harm, and how it is met. */
const BODIES: readonly (readonly [what: string, raw: string | Buffer, status: number, code: string])[] = [
  ['a name twice', '{"name":"a","name":"b","kind":"api_key","value":"v"}', 422, 'input.given_twice'],
  [
    'a name twice, once escaped',
    '{"name":"a","\\u006eame":"b","kind":"api_key","value":"v"}',
    422,
    'input.given_twice',
  ],
  ['a name twice, deep down', '{"name":"a","kind":[{"x":{"y":1,"y":2}}]}', 422, 'input.given_twice'],
  ['nesting beyond measure', `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 422, 'input.too_deep'],
  ['nesting that never ends', '{"a":'.repeat(100_000), 422, 'input.too_deep'],
  ['a number too large for any', '{"name":1e999}', 422, 'input.invalid'],
  ['NaN', '{"name":NaN}', 400, 'body.malformed'],
  ['a comment', '{"name":"a" /* b */}', 400, 'body.malformed'],
  ['half of a pair', '{"name":"a/b","kind":"api_key","value":"\\ud800"}', 422, 'input.invalid'],
  ['a NUL', '{"name":"a/b","kind":"api_key","value":"\\u0000"}', 422, 'input.invalid'],
  ['a NUL in a name', '{"na\\u0000me":"a"}', 422, 'input.invalid'],
  ['a prototype', '{"__proto__":{"kind":"api_key","value":"v"},"name":"a/b"}', 422, 'input.invalid'],
  ['a constructor', '{"constructor":{"prototype":{"polluted":1}},"name":"a/b"}', 422, 'input.invalid'],
  [
    'bytes that are no UTF-8',
    Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    400,
    'body.malformed',
  ],
  ['UTF-16', Buffer.from('{"name":"a/b"}', 'utf16le'), 400, 'body.malformed'],
  ['two objects', '{"name":"a/b"}{"name":"c/d"}', 400, 'body.malformed'],
  ['an array', '[{"name":"a/b"}]', 422, 'input.not_an_object'],
  ['null', 'null', 422, 'input.not_an_object'],
  ['a string', '"name"', 422, 'input.not_an_object'],
  ['more than a body may be', JSON.stringify({ name: 'x'.repeat(1_100_000) }), 413, 'body.too_large'],
];

test.each(BODIES)('a body with %s is refused, and says so', async (_what, raw, status, code) => {
  const answer = await boss.call('POST', '/v1/vault/secrets', undefined, {
    raw,
    headers: { 'content-type': 'application/json' },
  });
  expect([answer.status, answer.body['code']], answer.text).toEqual([status, code]);
  if (status === 422 && code !== 'input.not_an_object' && code !== 'input.too_deep')
    expect(pointersOf(answer)).not.toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a body as wide as it may be costs little and is answered with little', async () => {
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 45_000 }, (_, n) => [`field${n}`, n])));
  const began = performance.now();
  const answer = await boss.call('POST', '/v1/vault/secrets', undefined, { raw: wide });
  expect(answer.status).toBe(422);
  expect(answer.text.length).toBeLessThan(20_000);
  expect(performance.now() - began).toBeLessThan(3_000);
});

test('a path or a query that says nothing clear is refused and reaches nothing else', async () => {
  const asked: readonly (readonly [path: string, ...statuses: number[]])[] = [
    ['/v1/systems/%00', 422],
    ['/v1/systems/%ff', 400],
    ['/v1/systems/a%ed%a0%80', 400],
    ['/v1/systems?limit=1&limit=2', 422],
    ['/v1/systems?limit=1e3', 422],
    ['/v1/systems?limit=NaN', 422],
    ['/v1/systems?__proto__=1', 422],
    ['/v1/systems?__proto__[limit]=1', 422],
    ['/v1/systems?kind=%00', 422],
    ['/v1/systems?cursor=%ff', 422],
    [`/v1/systems?kind=${'x'.repeat(10_000)}`, 422],
    [`/v1/systems/${'x'.repeat(1000)}`, 404, 414],
    ['/v1/systems/..%2f..%2fv1%2fme', 404],
    ['/v1/identities/a%2F..%2Fsystems', 404],
    ['/v1/identities/%2e%2e', 404],
  ];
  for (const [path, ...statuses] of asked) {
    const answer = await boss.call('GET', path);
    expect(statuses, `${path.slice(0, 60)}: ${answer.status} ${answer.text.slice(0, 300)}`).toContain(answer.status);
    expect(answer.body['code']).toBeDefined();
  }
});
