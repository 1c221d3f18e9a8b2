import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DbError } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { openLog, type Log } from './index.ts';
import { PUBLIC_FIELDS } from './public-fields.ts';

const capture = (
  level: 'debug' | 'info' = 'debug',
): { log: Log; lines: () => Record<string, unknown>[]; text: () => string } => {
  let text = '';
  const log = openLog({ level, to: { write: (line) => (text += line) } });
  return {
    log,
    text: () => text,
    lines: () =>
      text
        .trim()
        .split('\n')
        .map((l) => JSON.parse(l) as Record<string, unknown>),
  };
};

describe('a field', () => {
  it('that is classified public is printed, any other is redacted', () => {
    const { log, lines } = capture();
    log.info('hello', { operation: 'requests.submit', durationMs: 4, email: 'a@example.org', password: 'x', note: 7 });
    expect(lines()[0]).toMatchObject({
      level: 'info',
      message: 'hello',
      operation: 'requests.submit',
      durationMs: 4,
      email: '[redacted]',
      password: '[redacted]',
      note: '[redacted]',
    });
  });
  it('inside a public object is redacted unless it is public itself', () => {
    const { log, lines } = capture();
    log.info('hello', { event: { code: 'a.b', person: { code: 'c' }, at: new Date(0), token: 'z' } });
    expect(lines()[0]?.['event']).toEqual({
      code: 'a.b',
      person: '[redacted]',
      at: '1970-01-01T00:00:00.000Z',
      token: '[redacted]',
    });
  });
  it('named id is printed when it is a UUID, and redacted when it is not', () => {
    const { log, lines } = capture();
    const id = '0199b1f2-0000-7000-8000-000000000001';
    log.info('hello', { identityId: id, grantIds: [id], id: 'lena@example.org', sessionId: 'lena' });
    expect(lines()[0]).toMatchObject({ identityId: id, grantIds: [id], id: '[redacted]', sessionId: '[redacted]' });
  });
  it('of any name outside the list never prints its value, whatever the value', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((k) => !PUBLIC_FIELDS.has(k) && !/^(error|err|toJSON|__proto__)$/.test(k)),
        fc.oneof(
          fc.constant('s3cr3t-marker'),
          fc.constant(['s3cr3t-marker']),
          fc.constant({ deep: { x: 's3cr3t-marker' } }),
        ),
        (key, value) => {
          const { log, text } = capture();
          log.info('hello', { [key]: value });
          log.child({ [key]: value }).warn('again');
          expect(text()).not.toContain('s3cr3t-marker');
        },
      ),
    );
  });
});

describe('an error', () => {
  it('is printed with code, message, mend and the places in the code, and without what hangs on it', () => {
    const { log, lines, text } = capture();
    const error = Object.assign(
      new AppError({ code: 'vault.lease_conflict', status: 409, detail: 'it is checked out', fix: 'wait' }),
      {
        request: { headers: { authorization: 'hunter2' } },
      },
    );
    log.error('failed', { error });
    expect(lines()[0]?.['error']).toMatchObject({
      type: 'AppError',
      code: 'vault.lease_conflict',
      message: 'it is checked out',
      fix: 'wait',
    });
    expect(lines()[0]).toHaveProperty('error.stack.0', expect.stringContaining('log.test.ts'));
    expect(text()).not.toContain('hunter2');
  });
  it('keeps its cause, and the names of what the database refused', () => {
    const { log, lines } = capture();
    const cause = new DbError({
      message: 'no',
      sqlstate: '23505',
      constraint: 'pet_is_one_row',
      table: 'pet',
      column: undefined,
      statement: 'insert',
    });
    log.error('failed', { error: new Error('outer', { cause }) });
    expect(lines()[0]?.['error']).toMatchObject({
      message: 'outer',
      cause: { constraint: 'pet_is_one_row', sqlstate: '23505' },
    });
  });
  it('of a parser does not quote what could not be parsed', () => {
    const { log, text } = capture();
    try {
      JSON.parse('hunter2 is the password');
    } catch (error) {
      log.error('failed', { error });
    }
    expect(text()).not.toContain('hunter2');
  });
  it('that goes round in circles is printed once', () => {
    const { log, lines } = capture();
    const error = new Error('round');
    error.cause = error;
    log.error('failed', { error });
    expect(lines()).toHaveLength(1);
  });
});

describe('a text', () => {
  it.each([
    ['postgres://reeve:hunter2@127.0.0.1:5432/x', 'postgres://reeve:[redacted]@127.0.0.1:5432/x'],
    ['login failed for password=hunter2, sorry', 'login failed for password=[redacted], sorry'],
    ['{"client_secret":"hunter2"}', '{"client_secret":[redacted]}'],
    ['Authorization: Bearer hunter2.hunter2', 'Authorization: [redacted] [redacted]'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----', '[redacted key]'],
    ['token rv_mzxw6mzxw6mzxw6mzxw6mzxw6 is gone', 'token [redacted token] is gone'],
  ])('loses what looks like a secret: %s', (given, printed) => {
    const { log, lines, text } = capture();
    log.warn(given);
    expect(text()).not.toContain('hunter2');
    expect(lines()[0]?.['message']).toBe(printed);
  });
});

it('below the level nothing is printed', () => {
  const { log, text } = capture('info');
  log.debug('hello');
  expect(text()).toBe('');
});
