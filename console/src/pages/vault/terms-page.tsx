import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { CheckoutTerms } from '../../api/shapes/vault.ts';
import { termsList } from '../../api/vault.ts';
import { Page } from '../../ui/page.tsx';
import { duration, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { IdentityName } from '../identities/identity-name.tsx';
import { houseTerms, TermsDialog } from './terms-dialog.tsx';

const shownAs: Readonly<Record<CheckoutTerms['showing'], string>> = {
  reveal: 'shown',
  copy_once: 'copied once',
  inject_only: 'never shown',
};
const wanted = (row: CheckoutTerms): string =>
  [
    row.secondPerson ? 'a second person' : '',
    row.reasonRequired ? 'a reason' : '',
    row.ticketRequired ? 'a ticket' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');

const columns: readonly Column<CheckoutTerms>[] = [
  { id: 'path', header: 'For', title: true, cell: (row) => <span className="mono">{row.path}</span> },
  { id: 'showing', header: 'Value', width: '8rem', cell: (row) => shownAs[row.showing] },
  { id: 'to', header: 'Out to', width: '7rem', cell: (row) => (row.shared ? 'several' : 'one') },
  { id: 'wants', header: 'Wants', cell: wanted },
  { id: 'longest', header: 'Longest', width: '7rem', cell: (row) => duration(row.longestSeconds) },
  { id: 'extends', header: 'Extended', width: '6rem', minor: true, right: true, cell: (row) => row.extensions },
  {
    id: 'rotates',
    header: 'Changed after',
    width: '8rem',
    minor: true,
    cell: (row) => (row.rotateAfter ? 'yes' : 'no'),
  },
  {
    id: 'by',
    header: 'Set by',
    width: '12rem',
    minor: true,
    cell: (row) => (row.changedBy === null ? null : <IdentityName id={row.changedBy} />),
  },
  {
    id: 'at',
    header: 'Set',
    width: '8rem',
    minor: true,
    cell: (row) => (row.changedAt === null ? null : <TimeAgo at={row.changedAt} />),
  },
];

/** On which terms secrets are taken out. */
export const TermsPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const [editing, setEditing] = useState<CheckoutTerms>();
  const may = can(me, 'secret.set_terms');
  const commands: readonly Command<CheckoutTerms>[] = [
    { id: 'change', label: 'Change…', keys: 'e', primary: true, when: () => may, run: ([row]) => setEditing(row) },
  ];
  return (
    <Page
      fill
      title="Terms of checkout"
      lead="How secrets are taken out. The longest path that fits a secret's name holds; without one a secret is out to one person, for an hour at most, with a reason."
      crumbs={<Link to="/vault">Vault</Link>}
      actions={may ? <Button onClick={() => setEditing(houseTerms)}>Set terms</Button> : undefined}
    >
      <ListView
        label="Terms of checkout"
        list={useRows(termsList())}
        columns={columns}
        rowId={(row) => row.path ?? ''}
        rowName={(row) => row.path ?? ''}
        facets={{}}
        search={search}
        onSearch={setSearch}
        commands={commands}
        empty={{ title: 'No terms set', text: 'Every secret is taken out on the terms of the house.' }}
        cli="reeve vault terms ls"
      />
      <TermsDialog key={editing?.path ?? 'new'} terms={editing} onClose={() => setEditing(undefined)} />
    </Page>
  );
};
