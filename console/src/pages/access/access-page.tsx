import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRows } from '../../api/pages.ts';
import { endGrant, myGrantList } from '../../api/people.ts';
import type { Grant } from '../../api/shapes/people.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { Privileged, RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { CommandLine } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { effectTone } from '../requests/request-words.ts';

const facets = { state: { label: 'State', values: ['live', 'scheduled', 'ended'] } };
const nameOf = (grant: Grant): string => grant.entitlement?.name ?? grant.role?.name ?? 'access';
const until = (grant: Grant) =>
  grant.validTo === null ? (
    <span className="dim">for good</span>
  ) : grant.state === 'ended' ? (
    <TimeAgo at={grant.validTo} />
  ) : (
    <Countdown to={grant.validTo} />
  );

const columns: readonly Column<Grant>[] = [
  { id: 'what', header: 'Access', title: true, cell: (row) => nameOf(row) },
  {
    id: 'system',
    minor: true,
    header: 'System',
    width: '14%',
    cell: (row) => row.entitlement?.system.name ?? <span className="dim">role</span>,
  },
  {
    id: 'risk',
    header: 'Risk',
    width: '6.5rem',
    cell: (row) => (row.entitlement === null ? '' : <RiskBadge risk={row.entitlement.risk} />),
  },
  {
    id: 'because',
    minor: true,
    header: 'Why you have it',
    width: '26%',
    cell: (row) => <span title={row.because}>{row.because}</span>,
  },
  { id: 'until', header: 'Time left', width: '8rem', cell: until },
  {
    id: 'used',
    minor: true,
    header: 'Last used',
    width: '8rem',
    cell: (row) => <TimeAgo at={row.lastUsedAt} never="never" />,
  },
  {
    id: 'effect',
    header: 'On the target',
    width: '8rem',
    cell: (row) => <StateBadge tone={effectTone[row.effect]}>{row.effect}</StateBadge>,
  },
];

const Detail = ({ grant }: { readonly grant: Grant }) => (
  <div className="stack">
    {grant.connect === null || grant.state !== 'live' ? null : (
      <section>
        <div className="dim small">Connect with plain ssh; the session is recorded.</div>
        <CommandLine text={grant.connect} label="the ssh command" />
      </section>
    )}
    <Facts
      of={[
        ['System', grant.entitlement?.system.name],
        ['Risk', grant.entitlement === null ? undefined : <RiskBadge key="risk" risk={grant.entitlement.risk} />],
        ['Privilege', grant.entitlement?.privileged === true ? <Privileged key="p" /> : undefined],
        ['Why', grant.because],
        ['Since', <TimeAgo key="since" at={grant.validFrom} />],
        ['Time left', until(grant)],
        ['Last used', <TimeAgo key="used" at={grant.lastUsedAt} />],
        ['Sessions', grant.sessions],
        ['Ended', grant.endedBecause ?? undefined],
      ]}
    />
    {grant.origin === 'request' && grant.originId !== null ? (
      <Link to="/requests/$id" params={{ id: grant.originId }}>
        The request it came from
      </Link>
    ) : null}
  </div>
);

/** What I can reach, why, for how long, and how to get in. */
export const AccessPage = () => {
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters } = parseTokens(search.q ?? '', facets);
  const list = useRows(myGrantList({ state: filters['state'] ?? 'live' }));
  const giveBack = useAct({
    run: (rows: readonly Grant[]) => Promise.all(rows.map((row) => endGrant(row.id, 'given back'))),
    stales: ['grants', 'identities', 'sessions'],
    done: (_, rows) =>
      rows.length === 1 && rows[0] !== undefined
        ? `Given back: ${nameOf(rows[0])}`
        : `${String(rows.length)} given back`,
  });
  const commands: readonly Command<Grant>[] = [
    {
      id: 'extend',
      label: 'Extend',
      keys: 'e',
      primary: true,
      when: (row) => row.state === 'live' && row.validTo !== null && row.entitlement !== null,
      run: ([row]) =>
        void navigate({
          to: '/request',
          search: row?.entitlement === null || row === undefined ? {} : { for: row.entitlement.id },
        }),
    },
    {
      id: 'give-back',
      label: 'Give back…',
      keys: 'r',
      danger: true,
      bulk: true,
      when: (row) => row.state === 'live' && row.origin !== 'birthright',
      run: (rows) =>
        void confirm({
          title:
            rows.length === 1 && rows[0] !== undefined
              ? `Give back ${nameOf(rows[0])}?`
              : `Give back ${String(rows.length)} grants?`,
          text: 'Sessions that use it end at once. You can ask for it again.',
          action: 'Give back',
          danger: true,
        }).then((answer) => (answer === undefined ? undefined : giveBack.mutate(rows))),
    },
  ];
  return (
    <Page
      fill
      title="My access"
      lead="What you can reach, why, and for how long."
      actions={<Button onClick={() => void navigate({ to: '/request' })}>Request access</Button>}
    >
      <ListView
        label="My access"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={nameOf}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        detail={(row) => <Detail grant={row} />}
        empty={{
          title: 'No access yet',
          text: 'What comes with your job appears here by itself; the rest you ask for.',
          action: <Button onClick={() => void navigate({ to: '/request' })}>Request access</Button>,
        }}
        cli="reeve ls"
      />
    </Page>
  );
};
