import * as fc from 'fast-check';
import type { TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';

/**
 * Random Cedar expressions over a small world, so that names meet often. Most are of the type their place wants and
 * some are not, so that failures are as frequent as answers. Names include those that break careless JavaScript.
 */

export type Expr = Record<string, unknown>;
type Kind = 'bool' | 'long' | 'string' | 'entity' | 'set' | 'record' | 'ip' | 'decimal' | 'datetime' | 'duration';
export const ENTITIES: readonly TypeAndId[] = ['U', 'G', 'R', 'N::T'].flatMap((type) =>
  ['a', 'b', ''].map((id) => ({ type, id })),
);
export const ACTIONS: readonly TypeAndId[] = ['view', 'edit', 'all'].map((id) => ({ type: 'Action', id }));
const NAMES = ['a', 'b', 'n', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'ünï', 'a b', ''];

export const name = fc.constantFrom(...NAMES);
export const uid = fc.constantFrom(...ENTITIES, ...ACTIONS);
export const long = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(9007199254740991, -9007199254740991, 4503599627370496, 1024) },
);
export const string = fc.constantFrom('', 'a', 'ab', 'aba', '*', 'a*b', '\0s', '😀', 'x\u0301', '1', 'true');
// Mostly readable, sometimes not: each unreadable text fails the whole condition around it.
const mostly = (good: readonly string[], bad: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
const ip = mostly(
  [
    '10.0.0.1',
    '10.0.0.0/8',
    '127.0.0.1',
    '127.0.0.1/7',
    '::1',
    'ff00::/8',
    '10.0.0.1/24',
    '0.0.0.0/0',
    '::ffff:a00:1',
    '224.0.0.5',
    '::/0',
  ],
  ['1.2.3', '::1/129', '01.2.3.4', '1.2.3.4/032', '::ffff:1.2.3.4', '1:::2', '12345::', ''],
);
const decimal = mostly(
  ['0.0', '-0.0', '1.5', '01.50', '-1.5', '-0.5', '922337203685477.5807', '-922337203685477.5808'],
  ['922337203685477.5808', '1', '1.00001', '.5', '+1.0', '1.5\n', ''],
);
const datetime = mostly(
  [
    '1970-01-01',
    '2024-02-29',
    '1969-12-31T23:59:59.999Z',
    '2024-01-01T00:00:00+0130',
    '0000-01-01',
    '9999-12-31T23:59:59Z',
    '2024-01-01T00:00:00.001-2359',
  ],
  [
    '2023-02-29',
    '2024-01-01T24:00:00Z',
    '2024-01-01T23:59:60Z',
    '2024-01-01T00:00:00',
    '2024-01-01T00:00:00+2400',
    '2024-1-1',
    '',
  ],
);
const duration = mostly(
  [
    '0ms',
    '1h',
    '-1h30m',
    '1d',
    '1ms',
    '-1ms',
    '9223372036854775807ms',
    '-9223372036854775808ms',
    '106751991167d',
    '1d2h3m4s5ms',
  ],
  ['-', '', '1m1h', '106751991168d', '9223372036854775808ms', '1.5h', '+1h'],
);
const EXTENSIONS = { ip, decimal, datetime, duration } as const;

const lit = (value: unknown): Expr => ({ Value: value });
const binary = (op: string, left: fc.Arbitrary<Expr>, right: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> =>
  fc.record({ left, right }).map((sides) => ({ [op]: sides }));
// Zipped, for an object literal with a `then` looks like a promise to readers and linters.
const BRANCHES = ['if', 'then', 'else'];
const choice = (...parts: readonly [test: Expr, yes: Expr, no: Expr]): Expr => ({
  'if-then-else': Object.fromEntries(BRANCHES.map((branch, i) => [branch, parts[i]])),
});
const unary = (op: string, arg: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> => arg.map((a) => ({ [op]: { arg: a } }));
const call = (fn: string, ...args: fc.Arbitrary<Expr>[]): fc.Arbitrary<Expr> =>
  fc.tuple(...args).map((a) => ({ [fn]: a }));

const made = new Map<string, fc.Arbitrary<Expr>>();
/** Made once for each depth and kind: building the generator anew costs more than all it generates. */
export const expressions =
  (depth: number) =>
  (kind: Kind): fc.Arbitrary<Expr> => {
    const known = made.get(`${depth} ${kind}`) ?? buildExpressions(depth)(kind);
    made.set(`${depth} ${kind}`, known);
    return known;
  };

const buildExpressions = (depth: number): ((kind: Kind) => fc.Arbitrary<Expr>) => {
  const deeper = depth > 0 ? expressions(depth - 1) : undefined;
  const kinds: readonly Kind[] = [
    'bool',
    'long',
    'string',
    'entity',
    'set',
    'record',
    'ip',
    'decimal',
    'datetime',
    'duration',
  ];
  const any: fc.Arbitrary<Expr> =
    deeper === undefined ? lit1() : fc.constantFrom(...kinds).chain((kind) => deeper(kind));
  const of = (kind: Kind): fc.Arbitrary<Expr> =>
    deeper === undefined
      ? leaf(kind)
      : fc.oneof({ weight: 40, arbitrary: deeper(kind) }, { weight: 1, arbitrary: any });
  return (kind) => {
    const options: fc.WeightedArbitrary<Expr>[] = [{ weight: 8, arbitrary: leaf(kind) }];
    if (deeper !== undefined) {
      options.push(
        {
          weight: 1,
          arbitrary: fc.record({ left: fc.oneof(of('record'), of('entity')), attr: name }).map((get) => ({ '.': get })),
        },
        { weight: 4, arbitrary: guarded(fc.oneof(of('record'), of('entity')), of(kind)) },
        { weight: 2, arbitrary: guardedTag(of('entity'), of('string'), of(kind)) },
        { weight: 1, arbitrary: binary('getTag', of('entity'), of('string')) },
        {
          weight: 1,
          arbitrary: fc.tuple(of('bool'), of(kind), of(kind)).map(([test, yes, no]) => choice(test, yes, no)),
        },
      );
      const each = compound(kind, of, any);
      options.push(...each.map((arbitrary) => ({ weight: Math.ceil(60 / each.length), arbitrary })));
    }
    return fc.oneof(...options);
  };
};

const guardedTag = (
  object: fc.Arbitrary<Expr>,
  tag: fc.Arbitrary<Expr>,
  otherwise: fc.Arbitrary<Expr>,
): fc.Arbitrary<Expr> =>
  fc
    .tuple(object, tag, otherwise)
    .map(([left, right, no]) => choice({ hasTag: { left, right } }, { getTag: { left, right } }, no));
// `if x has n then x.n else …`: reaches attributes without failing, so that what is around it is evaluated.
const guarded = (object: fc.Arbitrary<Expr>, otherwise: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> =>
  fc
    .tuple(object, name, otherwise)
    .map(([left, attr, no]) => choice({ has: { left, attr } }, { '.': { left, attr } }, no));

const lit1 = (): fc.Arbitrary<Expr> => fc.oneof(fc.boolean().map(lit), long.map(lit), string.map(lit));

const leaf = (kind: Kind): fc.Arbitrary<Expr> => {
  switch (kind) {
    case 'bool':
      return fc.boolean().map(lit);
    case 'long':
      return long.map(lit);
    case 'string':
      return string.map(lit);
    case 'entity':
      return fc.oneof(
        fc.constantFrom<Expr>({ Var: 'principal' }, { Var: 'resource' }, { Var: 'action' }),
        uid.map((u) => lit({ __entity: u })),
      );
    case 'set':
      return fc
        .array(
          fc.oneof(
            lit1(),
            uid.map((u) => lit({ __entity: u })),
          ),
          { maxLength: 3 },
        )
        .map((items) => ({ Set: items }));
    case 'record':
      return fc.constant({ Var: 'context' });
    default:
      return EXTENSIONS[kind].map((text) => ({ [kind]: [lit(text)] }));
  }
};

const compound = (
  kind: Kind,
  of: (kind: Kind) => fc.Arbitrary<Expr>,
  any: fc.Arbitrary<Expr>,
): fc.Arbitrary<Expr>[] => {
  switch (kind) {
    case 'bool':
      return [
        ...['&&', '||'].map((op) => binary(op, of('bool'), of('bool'))),
        unary('!', of('bool')),
        ...['==', '!='].map((op) => binary(op, any, any)),
        ...['==', '!='].map((op) => binary(op, of('entity'), of('entity'))),
        ...['<', '<=', '>', '>='].map((op) =>
          fc.constantFrom<Kind>('long', 'datetime', 'duration').chain((k) => binary(op, of(k), of(k))),
        ),
        binary('in', of('entity'), of('entity')),
        binary(
          'in',
          of('entity'),
          fc.array(of('entity'), { maxLength: 3 }).map((items) => ({ Set: items })),
        ),
        binary('contains', of('set'), any),
        ...['containsAll', 'containsAny'].map((op) => binary(op, of('set'), of('set'))),
        unary('isEmpty', of('set')),
        binary('hasTag', of('entity'), of('string')),
        fc
          .record({
            left: fc.oneof(of('record'), of('entity')),
            attr: fc.oneof(name, fc.array(name, { minLength: 1, maxLength: 3 })),
          })
          .map((has) => ({ has })),
        fc.record({ left: of('entity'), entity_type: fc.constantFrom('U', 'N::T', 'Action') }).map((is) => ({ is })),
        fc
          .record({ left: of('entity'), entity_type: fc.constantFrom('U', 'R'), in: of('entity') })
          .map((is) => ({ is })),
        fc
          .record({
            left: of('string'),
            pattern: fc.array(
              fc.oneof(
                fc.constant('Wildcard'),
                string.filter((s) => s !== '').map((s) => ({ Literal: s })),
              ),
              { minLength: 1, maxLength: 4 },
            ),
          })
          .map((like) => ({ like })),
        ...['isIpv4', 'isIpv6', 'isLoopback', 'isMulticast'].map((fn) => call(fn, of('ip'))),
        call('isInRange', of('ip'), of('ip')),
        ...['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'].map((fn) =>
          call(fn, of('decimal'), of('decimal')),
        ),
      ];
    case 'long':
      return [
        ...['+', '-', '*'].map((op) => binary(op, of('long'), of('long'))),
        unary('neg', of('long')),
        ...['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays'].map((fn) => call(fn, of('duration'))),
      ];
    case 'set':
      return [fc.array(any, { maxLength: 4 }).map((items) => ({ Set: items }))];
    case 'record':
      return [
        fc
          .uniqueArray(fc.tuple(name, any), { maxLength: 3, selector: ([n]) => n })
          .map((fields) => ({ Record: Object.fromEntries(fields) })),
      ];
    case 'datetime':
      return [call('offset', of('datetime'), of('duration')), call('toDate', of('datetime'))];
    case 'duration':
      return [call('durationSince', of('datetime'), of('datetime')), call('toTime', of('datetime'))];
    default:
      return [];
  }
};
