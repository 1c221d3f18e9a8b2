import { expect, test } from 'vitest';
import { linesOf, mappingOf, type Source } from './draft.ts';

const source: Pick<Source, 'mapping'> = {
  mapping: {
    delimiter: ';',
    columns: { externalId: 'id', firstName: 'f', lastName: 'l', email: 'mail', username: null, status: 'status' },
    attributes: { site: 'Site' },
    expressions: { email: 'lower(row.mail)', desk: 'row.d' },
    statuses: {},
    managerBy: null,
    managerIn: null,
    kinds: {},
    vendorTypes: [],
  },
};

test('what is in the editor unchanged is put as it was', () => {
  const mapping = mappingOf(source, linesOf(source), ';');
  expect(mapping.columns).toMatchObject({ externalId: 'id', firstName: 'f', status: 'status', username: null });
  expect(mapping.expressions).toEqual({ email: 'lower(row.mail)', desk: 'row.d' });
  expect(mapping.attributes).toEqual({ site: 'Site' });
});

test('an expression that became a column or nothing is taken away', () => {
  const lines = linesOf(source)
    .filter((l) => l.name !== 'desk')
    .map((l) => (l.name === 'email' ? { ...l, how: 'column' as const, text: 'Mail' } : l));
  expect(mappingOf(source, lines, ',')).toMatchObject({
    delimiter: ',',
    columns: { email: 'Mail' },
    expressions: { email: null, desk: null },
  });
});
