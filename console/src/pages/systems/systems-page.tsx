import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { readSystem, readingList, systemList } from '../../api/systems.ts';
import type { System } from '../../api/shapes/people.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Page } from '../../ui/page.tsx';
import { Tag } from '../../ui/show/badges.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { ReadingFacts, ReadingState } from './reading.tsx';

const facets = { kind: { label: 'Kind' } };
const pageOf = (row: System) => (
  <Link to="/systems/$id" params={{ id: row.id }}>
    {row.name}
  </Link>
);

/** What Reeve reads and changes, with how the last reading went. */
export const SystemsPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(systemList(filters));
  const rows =
    words === ''
      ? list.rows
      : list.rows.filter((row) => `${row.name} ${row.host} ${row.ownerName ?? ''}`.includes(words));
  const readings = useRows(readingList());
  const latest = (row: System) => readings.rows.find(({ systemId }) => systemId === row.id);
  const read = useAct({
    run: (systems: readonly System[]) => Promise.all(systems.map(({ id }) => readSystem(id))),
    stales: ['systems', 'accounts', 'findings'],
    done: (_, systems) =>
      systems.length === 1 ? `Reading ${systems[0]?.name ?? ''} now` : `Reading ${String(systems.length)} systems now`,
  });
  const columns: readonly Column<System>[] = [
    { id: 'name', header: 'System', title: true, cell: pageOf },
    { id: 'kind', header: 'Kind', width: '9rem', cell: (row) => <Tag>{row.kind}</Tag> },
    {
      id: 'address',
      minor: true,
      header: 'Address',
      width: '22%',
      cell: (row) => <span className="mono">{`${row.host}:${String(row.port)}`}</span>,
    },
    {
      id: 'owner',
      minor: true,
      header: 'Owner',
      width: '16%',
      cell: (row) => row.ownerName ?? <span className="dim">none</span>,
    },
    { id: 'reading', header: 'Last reading', width: '11rem', cell: (row) => <ReadingState run={latest(row)} /> },
    { id: 'read', header: 'Read', width: '8rem', cell: (row) => <TimeAgo at={row.lastReadAt} /> },
  ];
  const commands: readonly Command<System>[] = [
    {
      id: 'read',
      label: 'Read now',
      keys: 'e',
      primary: true,
      bulk: true,
      when: (row) => row.kind !== 'reeve' && can(me, 'system.ask_reading'),
      run: (systems) => read.mutate(systems),
    },
  ];
  return (
    <Page
      fill
      title="Systems"
      lead="What Reeve reads and changes."
      actions={
        <Button variant="default" onClick={() => void navigate({ to: '/accounts', search: { q: 'privileged:yes' } })}>
          Privileged accounts
        </Button>
      }
    >
      <ListView
        label="Systems"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        onPage={(row) => void navigate({ to: '/systems/$id', params: { id: row.id } })}
        detail={(row) => (
          <div className="stack">
            <Facts
              of={[
                ['Kind', row.kind],
                ['Address', `${row.host}:${String(row.port)}`],
                ['Owner', row.ownerName ?? undefined],
                ['Read', <TimeAgo key="read" at={row.lastReadAt} />],
                [
                  'Trusted by',
                  row.pinned.length === 0 ? undefined : (
                    <span key="pinned">
                      {row.pinned.map((pin) => (
                        <Copyable key={pin} text={pin} />
                      ))}
                    </span>
                  ),
                ],
              ]}
            />
            <ReadingFacts run={latest(row)} />
            <Link to="/accounts" search={{ q: `system:${row.name}` }}>
              Its accounts
            </Link>
          </div>
        )}
        empty={{
          title: 'No system yet',
          text: 'Connect a target and Reeve reads the accounts it finds; nothing is changed by reading.',
        }}
        cli="reeve systems ls"
      />
    </Page>
  );
};
