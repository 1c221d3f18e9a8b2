import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setAsideLiterals } from './literals.ts';
import { askCedar, askReeve, readPolicies, type Request, type Verdict } from './reference/ask-cedar.ts';

const request: Request = {
  principal: { type: 'U', id: 'a' },
  action: { type: 'Action', id: 'x' },
  resource: { type: 'R', id: 'r' },
  context: { most: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER },
};
/** What each says of a condition. */
const ask = (condition: string): { reeve: Verdict; cedar: Verdict } => {
  const text = `permit(principal, action, resource) when { ${condition}\n};`;
  return { reeve: askReeve(readPolicies(text), [], request), cedar: askCedar(text, [], request) };
};

describe('integers beyond those JavaScript counts exactly', () => {
  it.each([
    '9223372036854775807 == 9223372036854775807',
    '9223372036854775807 == 9223372036854775806',
    '-9223372036854775808 < -9223372036854775807',
    '- 9223372036854775808 == -9223372036854775808',
    '-(-9223372036854775808) == 1',
    '- -9223372036854775808 == 1',
    '9223372036854775807 + 1 == 0',
    '-9223372036854775808 - 1 == 0',
    '-9223372036854775807 - 1 == -9223372036854775808',
    '3037000500 * 3037000500 > 0',
    '3037000499 * 3037000499 == 9223372030926249001',
    'context.most + 2 == 9007199254740993',
    'context.most + 2 == 9007199254740992',
    'context.most * -1024 < context.least',
    'context.least - 1 == -9007199254740992',
    '0 * -1 == 0 && [0].contains(0 * -1)',
    '[9007199254740993].contains(context.most + 2)',
    '{a: 9007199254740993}.a == context.most + 2',
    '"9007199254740993" == "long#9007199254740993"',
    '"a long#9007199254740993" like "*9007199254740993" // 9007199254740995',
    '"\\"9007199254740993" != "" && 9007199254740993 > 0',
  ])('%s is what Cedar says', (condition) => {
    const { reeve, cedar } = ask(condition);
    expect(reeve).toEqual(cedar);
  });

  it('sums, differences, products and comparisons of any are what Cedar says', () => {
    const near = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc
        .tuple(fc.constantFrom(0n, 2n ** 53n, -(2n ** 53n), 2n ** 31n, 2n ** 62n), fc.bigInt({ min: -3n, max: 3n }))
        .map(([a, b]) => a + b),
    );
    fc.assert(
      fc.property(
        near,
        near,
        near,
        fc.constantFrom('+', '-', '*'),
        fc.constantFrom('==', '<', '>='),
        (a, b, c, op, compared) => {
          for (const left of [`${a}`, `-(${a})`]) {
            const { reeve, cedar } = ask(`${left} ${op} ${b} ${compared} ${c}`);
            expect(reeve).toEqual(cedar);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('are set aside only where they are numbers, and come back exactly', () => {
    const text = 'x9007199254740993 "9007199254740993" 12 9007199254740993 long#';
    const aside = setAsideLiterals(text);
    expect(aside.text).toBe('x9007199254740993 "9007199254740993" 12 "long##9007199254740993" long#');
    expect(aside.integer('long##9007199254740993')).toBe(9007199254740993n);
    for (const other of ['9007199254740993', 'long#9007199254740993', 'long##', 'long##1x'])
      expect(aside.integer(other)).toBeUndefined();
  });
});
