import { describe, expect, it } from 'vitest';
import { readObligations, uniteObligations } from './obligations.ts';

const read = (text: string) => {
  const answer = readObligations(text);
  if (!answer.ok) throw new Error(answer.message);
  return answer.obligations;
};

describe('obligations', () => {
  it('are kinds between commas, with a value where the kind has one', () => {
    expect(read(' record , max_seconds = 3600,approval=2 ')).toEqual([
      { kind: 'record' },
      { kind: 'max_seconds', value: 3600 },
      { kind: 'approval', value: 2 },
    ]);
    expect(read('four_eyes, step_up, approval')).toEqual([
      { kind: 'four_eyes', value: 1 },
      { kind: 'step_up', value: 0 },
      { kind: 'approval', value: 1 },
    ]);
    expect(read('')).toEqual([]);
  });

  it.each([
    'recrd',
    'record=1',
    'max_seconds',
    'max_seconds=',
    'max_seconds=-1',
    'max_seconds=1.5',
    'approval=2=3',
    'approval=9999999999',
    'constructor',
  ])('refuse %s instead of guessing', (text) => expect(readObligations(text).ok).toBe(false));

  it('unite to the stricter of two: the shorter time, the fresher proof, the more eyes', () => {
    const all = [
      'max_seconds=60, approval=1, step_up=300, four_eyes=1',
      'max_seconds=600, approval=3, step_up, four_eyes=2, record',
    ].flatMap(read);
    const strict = [
      { kind: 'approval', value: 3 },
      { kind: 'four_eyes', value: 2 },
      { kind: 'max_seconds', value: 60 },
      { kind: 'record' },
      { kind: 'step_up', value: 0 },
    ];
    expect(uniteObligations(all)).toEqual(strict);
    expect(uniteObligations(all.toReversed())).toEqual(strict);
  });
});
