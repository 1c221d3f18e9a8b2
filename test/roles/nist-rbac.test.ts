import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { core } from './nist/core.ts';
import { hierarchy, removal } from './nist/hierarchy.ts';
import { separation } from './nist/separation.ts';
import { beginStory, called, endStory } from './nist/story.ts';

/**
 * Every function ANSI INCITS 359 names, called by the operation docs/how-to/design-roles.md says it is, on a real target
 * through the real gateway. The rows are one story and run in their order.
 */
const page = readFileSync(new URL('../../docs/how-to/design-roles.md', import.meta.url), 'utf8');
beforeAll(beginStory, 120_000);
afterAll(endStory);

test.each([...core, ...hierarchy, ...separation, ...removal])(
  '%s is %s',
  async (name, operation, run) => {
    called.clear();
    await run();
    expect([...called], 'what it is said to be').toContain(operation);
    const row = new RegExp(`\\b${name}\\b[^\\n]*\\b${operation.replace('.', '\\.')}\\b`);
    expect(page, `docs/how-to/design-roles.md names ${name}`).toMatch(row);
  },
  60_000,
);

test('no function of the standard is left out', () => {
  const said = new Set([...core, ...hierarchy, ...separation, ...removal].map(([name]) => name));
  expect(said.size).toBe(43);
});
