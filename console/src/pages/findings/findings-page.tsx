import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { findingList } from '../../api/findings.ts';
import type { Finding } from '../../api/shapes/findings.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge, Tag } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { ANSWERS, type Answer } from './answers.ts';
import { OwnDialog } from './own-dialog.tsx';

const facets = {
  kind: {
    label: 'Kind',
    values: ['privileged', 'orphan', 'sudo', 'group', 'setuid', 'key_opens_privileged', 'secret_in_file'],
  },
  severity: { label: 'Severity', values: ['critical', 'high', 'medium', 'low'] },
  state: { label: 'State', values: ['open', 'accepted', 'gone'] },
};
const who = (row: Finding): string => (row.accountName === '' ? 'everybody' : row.accountName);
const state = (row: Finding) => (
  <StateBadge tone={row.state === 'open' ? 'bad' : row.state === 'accepted' ? 'wait' : 'quiet'}>
    {row.underway === null ? row.state : 'under way'}
  </StateBadge>
);

const columns: readonly Column<Finding>[] = [
  { id: 'severity', header: 'Severity', width: '7rem', cell: (row) => <RiskBadge risk={row.severity} /> },
  {
    id: 'account',
    header: 'Account',
    width: '16%',
    title: true,
    cell: (row) => (
      <span className="mono" title={`${who(row)} on ${row.systemName}`}>
        {who(row)}
      </span>
    ),
  },
  { id: 'system', header: 'System', width: '10%', cell: (row) => row.systemName },
  { id: 'reason', header: 'Because', cell: (row) => <span title={row.reason}>{row.reason}</span> },
  {
    id: 'evidence',
    minor: true,
    header: 'Evidence',
    width: '22%',
    cell: (row) => (
      <span className="mono" title={row.evidence}>
        {row.evidence}
      </span>
    ),
  },
  { id: 'owner', minor: true, header: 'Owner', width: '9%', cell: (row) => row.ownerName ?? 'nobody' },
  { id: 'state', header: 'State', width: '7rem', cell: state },
];

/** Everything that readings and looks found and somebody should answer, with what shows it, and the five ways to answer it. */
export const FindingsPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const [owning, setOwning] = useState<readonly Finding[]>([]);
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(findingList(filters));
  const shown = words.toLowerCase();
  const rows = list.rows.filter((row) =>
    `${who(row)} ${row.systemName} ${row.kind} ${row.reason} ${row.evidence}`.toLowerCase().includes(shown),
  );
  const act = useAct({
    run: ({ answer, ids, because }: { answer: Answer; ids: readonly string[]; because: string }) =>
      Promise.all(ids.map((id) => answer.run(id, because))),
    stales: ['findings'],
    done: (_, { answer }) => answer.done,
  });
  const mayAnswer = can(me, 'finding.answer');
  const named = (chosen: readonly Finding[]): string =>
    chosen.length === 1 && chosen[0] !== undefined
      ? `${who(chosen[0])} on ${chosen[0].systemName}`
      : `${String(chosen.length)} findings`;
  const commands: readonly Command<Finding>[] = [
    {
      id: 'own',
      label: 'Assign an owner…',
      keys: 'o',
      bulk: true,
      when: (row) => mayAnswer && row.state !== 'gone',
      run: (chosen) => setOwning(chosen),
    },
    ...Object.entries(ANSWERS).map(([id, answer]) => ({
      id,
      label: answer.label,
      keys: answer.keys,
      bulk: true,
      when: (row: Finding) => mayAnswer && row.state === 'open' && answer.fits(row),
      run: (chosen: readonly Finding[]) =>
        void confirm({
          title: `${answer.label.replace('…', '')}: ${named(chosen)}?`,
          text: answer.text,
          action: answer.label.replace('…', ''),
          danger: answer.danger === true,
          reason: 'required',
        }).then((said) =>
          said === undefined
            ? undefined
            : act.mutate({ answer, ids: chosen.map((row) => row.id), because: said.reason }),
        ),
    })),
  ];
  return (
    <Page
      fill
      title="Discovery"
      lead="Who is privileged where, whose accounts are nobody’s, why, and what shows it. The worst first."
      actions={
        <>
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
        rowName={(row) => `${who(row)} on ${row.systemName}: ${row.reason}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        detail={(row) => (
          <Facts
            of={[
              ['Severity', <RiskBadge key="severity" risk={row.severity} />],
              ['Account', who(row)],
              ['System', row.systemName],
              ['Because', row.reason],
              [
                'Evidence',
                <span key="evidence" className="mono">
                  {row.evidence}
                </span>,
              ],
              ['Kind', <Tag key="kind">{row.kind.replaceAll('_', ' ')}</Tag>],
              [
                'Found by',
                {
                  reading: 'a reading',
                  look: 'a closer look',
                  keys: 'keys of SSH',
                  lookout: 'its log-ons, or a proof',
                }[row.source],
              ],
              ['Owner', row.ownerName ?? 'nobody answers for it'],
              ['State', state(row)],
              ['Accepted because', row.acceptedBecause ?? undefined],
              [
                'Accepted until',
                row.acceptedUntil === null ? undefined : <TimeAgo key="until" at={row.acceptedUntil} />,
              ],
              ['Not done because', row.problem ?? undefined],
              ['By hand', row.byHand ?? undefined],
              ['First seen', <TimeAgo key="first" at={row.firstSeenAt} />],
              ['Last seen', <TimeAgo key="last" at={row.lastSeenAt} />],
            ]}
          />
        )}
        empty={{
          title: 'Nothing found',
          text: 'What readings and closer looks find appears here. Look at a system now: reeve discover look SYSTEM.',
        }}
        cli={`reeve discover findings${filters['severity'] === undefined ? '' : ` --severity ${filters['severity']}`}`}
      />
      {owning.length === 0 ? null : <OwnDialog rows={owning} onClose={() => setOwning([])} />}
    </Page>
  );
};
