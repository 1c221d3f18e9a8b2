import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const table = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const lines = [...table.matchAll(/^\| (K\d+) \|[^|]+\| (.+) \|$/gmu)].map(
  ([, line = '', files = '']) => [line, [...files.matchAll(/`([^`]+)`/gu)].map(([, file = '']) => file)] as const,
);

test.each(lines)('%s has a test that is named after it in each place the table names', (line, files) => {
  expect(files).not.toEqual([]);
  for (const file of files) {
    const path = join(import.meta.dirname, `${file}.test.ts`);
    expect(existsSync(path), path).toBe(true);
    // as the name of a test or group, or of a row of one
    expect(readFileSync(path, 'utf8'), `${line} in ${file}`).toMatch(new RegExp(`['"](?:K\\d+, )*${line}[:,]`, 'u'));
  }
});

test('no line of the table is there twice', () => {
  expect(lines.length).toBeGreaterThan(30);
  expect(new Set(lines.map(([line]) => line)).size).toBe(lines.length);
});
