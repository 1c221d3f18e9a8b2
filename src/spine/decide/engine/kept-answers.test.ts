import { afterEach, expect, test } from 'vitest';
import { parsePolicies, type Parsed } from './parse-policies.ts';
import { recordAnswers, useAnswers } from './kept-answers.ts';

afterEach(() => useAnswers(undefined));

const TEXT = '@id("kept.one") permit (principal, action, resource) when { context.n > 1 };';

test('what Cedar answered once it is not asked again, and what follows is the same', () => {
  let asked: Parsed | undefined;
  const answers = recordAnswers(() => {
    asked = parsePolicies(TEXT);
  });
  expect(asked?.ok).toBe(true);
  expect(Object.keys(answers)).toHaveLength(2);

  useAnswers(answers);
  let again: Parsed | undefined;
  const askedAgain = recordAnswers(() => {
    again = parsePolicies(TEXT);
  });
  expect(askedAgain).toEqual({});
  expect(again).toEqual(asked);
});

test('of another text nothing is known, however near it is', () => {
  useAnswers(recordAnswers(() => parsePolicies(TEXT)));
  for (const other of [TEXT.replace('1', '2'), `${TEXT} `, TEXT.replace('permit', 'forbid')])
    expect(Object.keys(recordAnswers(() => parsePolicies(other)))).not.toEqual([]);
  expect(parsePolicies(TEXT.replace('permit', 'forbid'))).toMatchObject({
    ok: true,
    policies: [{ ast: { effect: 'forbid' } }],
  });
});
