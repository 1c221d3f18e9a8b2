import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { rotateAccount } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { boardList, type BoardRotation } from '../../api/rotations.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { RotationDetail } from './rotation-detail.tsx';
import { causeInWords, inWords, toneOf } from './rotation-words.ts';

const facets = { state: { label: 'State', values: ['open', 'done', 'failed', 'cancelled'] } };

const columns: readonly Column<BoardRotation>[] = [
  { id: 'account', header: 'Account', title: true, cell: (row) => <span className="mono">{row.accountName}</span> },
  { id: 'system', header: 'System', width: '14%', cell: (row) => row.systemName },
  {
    id: 'state',
    header: 'State',
    width: '11rem',
    cell: (row) => <StateBadge tone={toneOf(row.state)}>{inWords(row.state)}</StateBadge>,
  },
  { id: 'cause', header: 'Cause', width: '10rem', cell: (row) => causeInWords(row.cause) },
  { id: 'problem', header: 'Problem', minor: true, cell: (row) => row.problem ?? <span className="dim">none</span> },
  { id: 'at', header: 'Since', width: '8rem', cell: (row) => <TimeAgo at={row.endedAt ?? row.plannedAt} /> },
];

/** Every rotation, how far it is, and what it did. */
export const RotationsPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const { filters } = parseTokens(search.q ?? '', facets);
  const list = useRows(boardList({ state: filters['state'] }));
  const rotate = useAct({
    run: ({ accountId, because }: { accountId: string; because: string }) => rotateAccount(accountId, because),
    stales: ['rotations', 'secrets'],
    done: () => 'Rotation planned',
  });
  const commands: readonly Command<BoardRotation>[] = [
    {
      id: 'again',
      label: 'Rotate again…',
      keys: 'r',
      primary: true,
      when: (row) => row.endedAt !== null && can(me, 'account.rotate'),
      run: ([row]) =>
        row === undefined
          ? undefined
          : void confirm({
              title: `Rotate ${row.accountName} on ${row.systemName}?`,
              text: 'The target gets a new credential; it is proved by signing in with the new and failing with the old.',
              action: 'Rotate',
              reason: 'required',
            }).then((answer) =>
              answer === undefined ? undefined : rotate.mutate({ accountId: row.accountId, because: answer.reason }),
            ),
    },
  ];
  return (
    <Page
      fill
      title="Rotations"
      lead="Credentials being changed: each is sealed, set, proved by a log-on, and only then the current one."
      crumbs={<Link to="/vault">Vault</Link>}
      actions={
        <Group gap="xs">
          <Button component={Link} to="/rotations/checks" variant="default">
            Which work
          </Button>
          <Button component={Link} to="/rotations/policies" variant="default">
            Policies
          </Button>
          <Button component={Link} to="/rotations/runs" variant="default">
            Many at once
          </Button>
        </Group>
      }
    >
      <ListView
        label="Rotations"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.accountName}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => <RotationDetail rotation={row} />}
        empty={{ title: 'Nothing was rotated yet', text: 'Take accounts into the vault from the list of accounts.' }}
        cli="reeve rotate ls"
      />
    </Page>
  );
};
