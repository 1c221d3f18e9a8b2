import { expect, test } from 'vitest';
import { connectionsIn } from './log-ons.ts';

const log = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const AT = '2026-11-27 02:00:00.123 UTC';

test('a connection is told in two lines, by the process both name', () => {
  const { logons, coming } = connectionsIn(
    log(
      `${AT} [41] [unknown]@[unknown] LOG:  connection received: host=198.51.100.77 port=40001`,
      `${AT} [42] [unknown]@[unknown] LOG:  connection received: host=[local]`,
      `${AT} [41] postgres@shop LOG:  connection authenticated: identity="postgres" method=scram-sha-256 (/x/pg_hba.conf:1)`,
      `${AT} [41] postgres@shop LOG:  connection authorized: user=postgres database=shop application_name=psql SSL enabled (protocol=TLSv1.3, cipher=X, bits=256)`,
    ),
    0,
    {},
  );
  expect(logons).toEqual([
    { account: 'postgres', at: '2026-11-27T02:00:00.123Z', from: '198.51.100.77', how: 'session of psql' },
  ]);
  expect(coming).toEqual({ '42': '' });
});

test('the second line may come with the next look', () => {
  const first = connectionsIn(log(`${AT} [7] LOG:  connection received: host=198.51.100.77 port=1`), 0, {});
  const { logons } = connectionsIn(
    log(`${AT} [7] LOG:  connection authorized: user=app database=shop`),
    0,
    first.coming,
  );
  expect(logons).toMatchObject([{ account: 'app', from: '198.51.100.77' }]);
});

test('a log in another zone tells the same moment', () => {
  const line = '2026-11-27 03:00:00 CET [7] LOG:  connection authorized: user=app database=shop';
  expect(connectionsIn(log(line), 3600, {}).logons).toMatchObject([{ at: '2026-11-27T02:00:00.000Z' }]);
});

test('a statement that says so is none', () => {
  const { logons } = connectionsIn(
    log(
      `${AT} [7] app@shop LOG:  statement: select 'x`,
      `\t${AT} [9] LOG:  connection authorized: user=root database=shop`,
    ),
    0,
    {},
  );
  expect(logons).toEqual([]);
});
