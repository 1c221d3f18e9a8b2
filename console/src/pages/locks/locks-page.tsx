import { Button } from '@mantine/core';
import { useState } from 'react';
import { lockList } from '../../api/live.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Lock } from '../../api/shapes/live.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { useLiftLock } from './lift-lock.ts';
import { LockDialog } from './lock-dialog.tsx';

const facets = {
  state: { label: 'State', values: ['holding', 'over'] },
  scope: { label: 'On', values: ['identity', 'account', 'system', 'everything'] },
};

const columns: readonly Column<Lock>[] = [
  {
    id: 'state',
    header: 'State',
    width: '7rem',
    cell: (row) => <StateBadge tone={row.holds ? 'bad' : 'quiet'}>{row.holds ? 'locked' : 'over'}</StateBadge>,
  },
  { id: 'scope', header: 'On', width: '8rem', cell: (row) => row.scope },
  { id: 'name', header: 'Which', width: '22%', title: true, cell: (row) => row.onName },
  { id: 'reason', header: 'Reason', cell: (row) => <span title={row.reason}>{row.reason}</span> },
  { id: 'by', minor: true, header: 'By', width: '14%', cell: (row) => row.placedByName ?? '' },
  { id: 'placed', header: 'Since', width: '8rem', cell: (row) => <TimeAgo at={row.placedAt} /> },
  {
    id: 'until',
    minor: true,
    header: 'Until',
    width: '9rem',
    cell: (row) => <TimeAgo at={row.liftedAt ?? row.endsAt} never="it is lifted" />,
  },
];

/** What is locked and was: no access of somebody, to something, or at all. */
export const LocksPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const [asking, setAsking] = useState(false);
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(lockList(filters));
  const rows = list.rows.filter((row) => `${row.onName} ${row.reason}`.toLowerCase().includes(words.toLowerCase()));
  const lift = useLiftLock();
  const commands: readonly Command<Lock>[] = [
    {
      id: 'lift',
      label: 'Lift…',
      keys: 'r',
      when: (row) => row.holds && can(me, 'lock.lift'),
      run: ([row]) => (row === undefined ? undefined : lift(row)),
    },
  ];
  return (
    <Page
      fill
      title="Locks"
      lead="Nobody gets past a lock, and live sessions are cut within a second. No grant is taken away."
      actions={
        can(me, 'lock.place') ? (
          <Button color="red" onClick={() => setAsking(true)}>
            Lock…
          </Button>
        ) : null
      }
    >
      {asking ? <LockDialog onClose={() => setAsking(false)} /> : null}
      <ListView
        label="Locks"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.scope} ${row.onName}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => (
          <Facts
            of={[
              ['Lock', <Copyable key="id" text={row.id} label="the lock's id" />],
              ['Reason', row.reason],
              ['Placed by', row.placedByName ?? row.placedBy],
              ['Ends by itself', <TimeAgo key="ends" at={row.endsAt} never="no" />],
              ['Lifted by', row.liftedByName ?? undefined],
              ['Lifted because', row.liftedBecause ?? undefined],
            ]}
          />
        )}
        empty={{
          title: 'Nothing is locked',
          text: 'Lock a person, an account, a system, or everything: reeve lock identity NAME --reason …',
        }}
        cli={`reeve locks ls${filters['state'] === undefined ? '' : ` --state ${filters['state']}`}`}
      />
    </Page>
  );
};
