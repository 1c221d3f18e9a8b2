import { describe, expect, test } from 'vitest';
import { ProblemError, fieldErrors, said, sentence } from './errors.ts';

describe('a problem becomes one sentence for the person who must act', () => {
  test('detail and fix are both said, each ending in a full stop', () => {
    expect(
      sentence({ status: 409, detail: 'web1/root is checked out by Mara until 14:30', fix: 'ask her to return it' }),
    ).toBe('web1/root is checked out by Mara until 14:30. Ask her to return it.');
  });
  test('without a fix of its own the fixes of its fields are said', () => {
    expect(
      sentence({
        status: 422,
        detail: 'the reason is empty',
        errors: [{ pointer: '/reason', detail: 'empty', fix: 'say what you need it for' }],
      }),
    ).toBe('The reason is empty. Say what you need it for.');
  });
  test('an empty problem still says something to do', () => {
    expect(sentence({}, 429)).toContain('Wait a minute');
    expect(sentence({}, 599)).toBe('Reeve answered 599 without saying why.');
  });
  test('the words of the server win over ours', () => {
    expect(sentence({ status: 401, detail: 'this token ended on 3 March' })).toBe('This token ended on 3 March.');
  });
});

describe('a form finds the problem of each field', () => {
  test('by the last part of its pointer', () => {
    const error = new ProblemError(
      { detail: 'no', errors: [{ pointer: '/lines/0/seconds', detail: 'longer than 8 h', fix: 'ask for less' }] },
      422,
    );
    expect(fieldErrors(error)).toEqual({ seconds: 'Longer than 8 h. Ask for less.' });
  });
  test('and none where the error is not a problem', () => {
    expect(fieldErrors(new Error('x'))).toEqual({});
  });
});

describe('anything thrown can be said', () => {
  test('a problem is said in its own words and keeps its code', () => {
    const error = new ProblemError({ code: 'vault.lease_conflict', detail: 'it is taken' }, 409);
    expect(said(error)).toBe('It is taken.');
    expect(error.code).toBe('vault.lease_conflict');
  });
  test('a cancelled passkey is not called an error of the server', () => {
    expect(said(new DOMException('x', 'NotAllowedError'))).toContain('cancelled');
  });
  test('something that is no error is still answered', () => {
    expect(said(undefined)).toContain('Reload');
  });
});
