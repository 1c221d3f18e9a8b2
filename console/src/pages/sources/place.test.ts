import { expect, test } from 'vitest';
import { usualLines } from './draft.ts';
import { placeDraftOf, readFromOf } from './place.ts';

test('a place is put as it was, and what is empty is left to its default', () => {
  const was = { systemId: 'a', place: { base: 'ou=people', filter: '', scope: 'one' }, everyMinutes: 5 };
  expect(readFromOf(placeDraftOf(was))).toEqual({
    system: 'a',
    place: { base: 'ou=people', scope: 'one' },
    everyMinutes: 5,
  });
});

test('usual names take the place of what was there, and facts without one are not read', () => {
  const line = (name: string, own = false) => ({ name, how: 'column' as const, text: name, own });
  const lines = usualLines([line('externalId'), line('department'), line('site', true)], { externalId: 'entryUUID' });
  expect(lines).toEqual([
    { name: 'externalId', how: 'column', text: 'entryUUID', own: false },
    { name: 'department', how: 'none', text: '', own: false },
  ]);
});
