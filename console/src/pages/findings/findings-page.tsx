import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { acceptFinding, findingList } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Finding } from '../../api/shapes/guard.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge, Tag } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';

const facets = {
  kind: { label: 'Kind', values: ['privileged', 'orphan'] },
  state: { label: 'State', values: ['open', 'accepted', 'gone'] },
};
const account = (row: Finding) => (
  <Link
    to="/accounts"
    search={{ q: `system:${row.systemName} ${row.accountName}`, open: row.accountId }}
    className="mono"
  >
    {row.accountName}
  </Link>
);
const state = (row: Finding) => (
  <StateBadge tone={row.state === 'open' ? 'bad' : row.state === 'accepted' ? 'wait' : 'quiet'}>{row.state}</StateBadge>
);

const columns: readonly Column<Finding>[] = [
  { id: 'kind', header: 'What', width: '8rem', cell: (row) => <Tag>{row.kind}</Tag> },
  { id: 'account', header: 'Account', width: '16%', title: true, cell: account },
  { id: 'system', header: 'System', width: '12%', cell: (row) => row.systemName },
  { id: 'reason', header: 'Because', cell: (row) => <span title={row.reason}>{row.reason}</span> },
  {
    id: 'evidence',
    minor: true,
    header: 'Evidence',
    width: '24%',
    cell: (row) => (
      <span className="mono" title={row.evidence}>
        {row.evidence}
      </span>
    ),
  },
  { id: 'state', header: 'State', width: '7rem', cell: state },
  { id: 'first', minor: true, header: 'First seen', width: '7rem', cell: (row) => <TimeAgo at={row.firstSeenAt} /> },
];

/** What readings found that somebody should look at, each with its evidence. */
export const FindingsPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(findingList(filters));
  const rows =
    words === ''
      ? list.rows
      : list.rows.filter((row) =>
          `${row.accountName} ${row.systemName} ${row.reason} ${row.evidence}`
            .toLowerCase()
            .includes(words.toLowerCase()),
        );
  const accept = useAct({
    run: ({ findings, answer }: { findings: readonly Finding[]; answer: string }) =>
      Promise.all(findings.map(({ id }) => acceptFinding(id, answer))),
    stales: ['findings'],
    done: (_, { findings }) =>
      `${String(findings.length)} accepted; ${findings.length === 1 ? 'it opens' : 'they open'} again when the evidence changes`,
  });
  const commands: readonly Command<Finding>[] = [
    {
      id: 'accept',
      label: 'Accept…',
      keys: 'e',
      bulk: true,
      when: (row) => row.state === 'open' && can(me, 'finding.accept'),
      run: (findings) =>
        void confirm({
          title:
            findings.length === 1 && findings[0] !== undefined
              ? `Accept ${findings[0].accountName} on ${findings[0].systemName}?`
              : `Accept ${String(findings.length)} findings?`,
          text: 'It stays as it is and leaves this list until its evidence changes. To mend it instead, rotate or remove the account.',
          action: 'Accept',
          reason: 'required',
          reasonLabel: 'Why this is right',
        }).then((answer) => (answer === undefined ? undefined : accept.mutate({ findings, answer: answer.reason }))),
    },
  ];
  return (
    <Page
      fill
      title="Discovery"
      lead="Privileged or nobody’s: what was found on your systems that somebody should look at."
      actions={
        <>
          <Button component={Link} to="/findings/privileges" variant="default">
            Privileged paths
          </Button>
          <Button component={Link} to="/findings/keys" variant="default">
            SSH key trust
          </Button>
          <Button component={Link} to="/findings/estate" variant="default">
            Estate under control
          </Button>
        </>
      }
    >
      <ListView
        label="Findings"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.accountName}@${row.systemName}: ${row.reason}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        detail={(row) => (
          <div className="stack">
            <Facts
              of={[
                ['What', row.kind],
                ['Account', account(row)],
                ['System', row.systemName],
                ['Because', row.reason],
                [
                  'Evidence',
                  <span key="evidence" className="mono">
                    {row.evidence}
                  </span>,
                ],
                ['State', state(row)],
                ['Accepted because', row.answer ?? undefined],
                ['First seen', <TimeAgo key="first" at={row.firstSeenAt} />],
                ['Last seen', <TimeAgo key="last" at={row.lastSeenAt} />],
              ]}
            />
          </div>
        )}
        empty={{
          title: 'Nothing to look at',
          text: 'Every reading of a system is looked through. What it marks appears here.',
        }}
        cli={`reeve discover findings${filters['kind'] === undefined ? '' : ` --kind ${filters['kind']}`}`}
      />
    </Page>
  );
};
