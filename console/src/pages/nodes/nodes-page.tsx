import { can, useMe } from '../../api/me.ts';
import { drainNode, nodeList, type ReeveNode } from '../../api/nodes.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';

const facets = {
  role: { label: 'Role', values: ['api', 'worker', 'gateway'] },
  ended: { label: 'Ended', values: ['shown'] },
};

const tones = { serving: 'good', draining: 'wait', drained: 'wait', stopped: 'quiet', lost: 'bad' } as const;

const columns: readonly Column<ReeveNode>[] = [
  {
    id: 'state',
    header: 'State',
    width: '7rem',
    cell: (row) => <StateBadge tone={tones[row.state]}>{row.state}</StateBadge>,
  },
  { id: 'name', header: 'Machine', title: true, cell: (row) => row.name },
  { id: 'roles', header: 'Does', width: '24%', cell: (row) => row.roles.join(', ') },
  {
    id: 'sessions',
    header: 'Live sessions',
    width: '8rem',
    cell: (row) => (row.roles.includes('gateway') ? String(row.liveSessions) : '–'),
  },
  { id: 'version', minor: true, header: 'Version', width: '7rem', cell: (row) => row.version },
  { id: 'started', minor: true, header: 'Started', width: '9rem', cell: (row) => <TimeAgo at={row.startedAt} /> },
];

/** Asks before it drains: what is drained is to be stopped, and cannot be taken back. */
const useDrain = (): ((node: ReeveNode) => void) => {
  const drain = useAct({
    run: ({ id }: { id: string }) => drainNode(id),
    stales: ['nodes'],
    done: () => 'It takes no more sessions',
  });
  return (node) =>
    void confirm({
      title: `Drain ${node.name}?`,
      text: `It takes no more sessions. The people on its ${String(node.liveSessions)} live ones are told until when they may stay. This cannot be taken back: stop the process when it is drained.`,
      action: 'Drain',
    }).then((answer) => (answer === undefined ? undefined : drain.mutate({ id: node.id })));
};

/** The processes Reeve consists of, what each does, and which take no more sessions. */
export const NodesPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(nodeList(filters['ended'] === 'shown'));
  const rows = list.rows.filter(
    (row) =>
      row.name.toLowerCase().includes(words.toLowerCase()) &&
      (filters['role'] === undefined || row.roles.some((role) => role === filters['role'])),
  );
  const drain = useDrain();
  const commands: readonly Command<ReeveNode>[] = [
    {
      id: 'drain',
      label: 'Drain…',
      keys: 'd',
      when: (row) => row.state === 'serving' && row.roles.includes('gateway') && can(me, 'node.drain'),
      run: ([row]) => (row === undefined ? undefined : drain(row)),
    },
  ];
  return (
    <Page
      fill
      title="Nodes"
      lead="The processes Reeve consists of. Drain a gateway before you stop it, and nobody is cut off without a word."
    >
      <ListView
        label="Nodes"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.name} (${row.roles.join(', ')})`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => (
          <Facts
            of={[
              ['Node', <Copyable key="id" text={row.id} label="the node's id" />],
              ['Does', row.roles.join(', ')],
              ['Version', row.version],
              ['Heard of', <TimeAgo key="seen" at={row.seenAt} />],
              ['Asked to drain', row.drainAskedAt === null ? undefined : <TimeAgo key="drain" at={row.drainAskedAt} />],
              ['Ended', row.endedAt === null ? undefined : <TimeAgo key="ended" at={row.endedAt} />],
            ]}
          />
        )}
        empty={{ title: 'No node is there', text: 'That cannot be: one of them just answered.' }}
        cli="reeve nodes ls"
      />
    </Page>
  );
};
