import { loadModule } from 'libpg-query';
import { beforeAll, expect, test } from 'vitest';
import { refuseStopping } from './stops-others.ts';

beforeAll(() => loadModule());
const refused = (text: string): boolean =>
  refuseStopping(() => new Set([4]))(Buffer.alloc(0) as never, text) !== undefined;

test.each([
  'select pg_terminate_backend(17)',
  'execute p(pg_terminate_backend(17))',
  "select query_to_xml('select pg_terminate_backend(17)', true, true, '')",
  "select * from ts_stat('select pg_terminate_backend(17)::text::tsvector')",
  "select pg_catalog.query_to_xml('select ' || 'pg_cancel_backend(17)', true, true, '')",
  // with standard_conforming_strings off, the string is over where it seems to go on
  String.raw`select '\'' , pg_terminate_backend(17) --'`,
])('on an account of several, %s stops nobody', (text) => {
  expect(refused(text)).toBe(true);
});

test.each([
  'select pg_terminate_backend(4)',
  "select 'pg_terminate_backend'",
  "select query_to_xml('select 1', true, true, '')",
  String.raw`select '\'`,
])('%s goes on', (text) => {
  expect(refused(text)).toBe(false);
});
