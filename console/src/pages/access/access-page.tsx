import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { giveBackGrant, grantList, reachQuery } from '../../api/people.ts';
import type { Grant } from '../../api/shapes/people.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { EligibleList } from './eligible-list.tsx';
import { GrantDetail } from './grant-detail.tsx';
import { grantState, nameOfGrant, originWords, until } from './grant-words.tsx';

const facets = { state: { label: 'State', values: ['live', 'all'] } };

/** What I can reach, why, for how long, and how to get in. */
export const AccessPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(grantList(me.id, filters['state'] !== 'all'));
  const rows =
    words === ''
      ? list.rows
      : list.rows.filter((row) =>
          `${row.name ?? ''} ${row.systemName ?? ''} ${row.reason ?? ''}`.toLowerCase().includes(words.toLowerCase()),
        );
  const reach = useQuery(reachQuery(me.id));
  const held = new Set(
    reach.data?.items.filter(({ via }) => via === 'holding').map(({ entitlementId }) => entitlementId),
  );

  const columns: readonly Column<Grant>[] = [
    { id: 'what', header: 'Access', title: true, cell: (row) => nameOfGrant(row) },
    {
      id: 'system',
      minor: true,
      header: 'System',
      width: '16%',
      cell: (row) => row.systemName ?? <span className="dim">role</span>,
    },
    {
      id: 'because',
      minor: true,
      header: 'Why you have it',
      width: '28%',
      cell: (row) => <span title={row.reason ?? ''}>{originWords(row)}</span>,
    },
    { id: 'since', minor: true, header: 'Since', width: '8rem', cell: (row) => <TimeAgo at={row.validFrom} /> },
    { id: 'until', header: 'Time left', width: '8rem', cell: (row) => until(row) },
    {
      id: 'state',
      header: 'State',
      width: '8rem',
      cell: (row) => <StateBadge tone={grantState(row).tone}>{grantState(row).word}</StateBadge>,
    },
    {
      id: 'effect',
      header: 'On the target',
      width: '9rem',
      cell: (row) =>
        row.entitlementId === null || reach.data === undefined ? (
          <span className="dim">–</span>
        ) : (
          <StateBadge tone={held.has(row.entitlementId) ? 'good' : 'wait'}>
            {held.has(row.entitlementId) ? 'seen there' : 'not seen'}
          </StateBadge>
        ),
    },
  ];
  const giveBack = useAct({
    run: (grants: readonly Grant[]) => Promise.all(grants.map((grant) => giveBackGrant(grant.id))),
    stales: ['grants', 'identities', 'sessions'],
    done: (_, grants) =>
      grants.length === 1 && grants[0] !== undefined
        ? `Given back: ${nameOfGrant(grants[0])}`
        : `${String(grants.length)} given back`,
  });
  const commands: readonly Command<Grant>[] = [
    {
      id: 'extend',
      label: 'Extend',
      keys: 'e',
      primary: true,
      when: (row) => row.validTo !== null && row.entitlementId !== null,
      run: ([row]) =>
        void navigate({
          to: '/request',
          search: row?.entitlementId == null ? {} : { for: row.entitlementId, extends: row.id },
        }),
    },
    {
      id: 'give-back',
      label: 'Give back…',
      keys: 'r',
      danger: true,
      bulk: true,
      when: (row) => row.origin !== 'birthright' && grantState(row).live,
      run: (grants) =>
        void confirm({
          title:
            grants.length === 1 && grants[0] !== undefined
              ? `Give back ${nameOfGrant(grants[0])}?`
              : `Give back ${String(grants.length)} grants?`,
          text: 'Sessions that use it end at once. You can ask for it again.',
          action: 'Give back',
          danger: true,
        }).then((answer) => (answer === undefined ? undefined : giveBack.mutate(grants))),
    },
  ];
  const ask = <Button onClick={() => void navigate({ to: '/request' })}>Request access</Button>;
  return (
    <Page fill title="My access" lead="What you can reach, why, and for how long." actions={ask}>
      <EligibleList />
      <ListView
        label="My access"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={nameOfGrant}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        detail={(row) => <GrantDetail key={row.id} grant={row} />}
        empty={{
          title: 'No access yet',
          text: 'What comes with your job appears here by itself; the rest you ask for.',
          action: ask,
        }}
        cli={`reeve grants ls --identity-id ${me.id}`}
      />
    </Page>
  );
};
