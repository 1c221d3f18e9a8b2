import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { accountList, endGrant, grantList, reachQuery } from '../../api/people.ts';
import { askRemoval } from '../../api/requests.ts';
import type { Grant, Reach } from '../../api/shapes/people.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Privileged, StateBadge } from '../../ui/show/badges.tsx';
import { Path } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { grantState, nameOfGrant, originWords, until } from '../access/grant-words.tsx';
import { driftOf } from './drift.ts';
import { stateTone } from './identity-words.ts';

const Reached = ({
  id,
  children,
}: {
  readonly id: string;
  readonly children: (reached: readonly Reach[]) => ReactNode;
}) => {
  const reach = useQuery(reachQuery(id));
  if (reach.error !== null) return <Failed error={reach.error} onRetry={() => void reach.refetch()} />;
  return reach.data === undefined ? <Waiting /> : children(reach.data.items);
};
const pathOf = (reach: Reach) => <Path of={reach.path.map(({ name }) => name)} />;

/** What should be: each grant with why it is there. */
export const GrantTab = ({ id }: { readonly id: string }) => {
  const me = useMe();
  const end = useAct({
    run: ({ grant, because }: { grant: Grant; because: string }) => endGrant(grant.id, because),
    stales: ['grants', 'identities', 'sessions'],
    done: (_, { grant }) => `Ended: ${nameOfGrant(grant)}`,
  });
  const remove = useAct({
    run: ({ grant, reason }: { grant: Grant; reason: string }) => askRemoval(grant.id, reason),
    stales: ['grants', 'requests'],
    done: ({ request }) => (request === null ? 'Ended' : `Asked for as ${request.number}; its owner decides`),
  });
  const askToRemove = (grant: Grant): void =>
    void confirm({
      title: `Ask that ${nameOfGrant(grant)} be taken away?`,
      text: 'One’s own ends at once. Somebody else’s ends once whoever answers for it has approved.',
      action: 'Ask',
      reason: 'required',
    }).then((answer) => (answer === undefined ? undefined : remove.mutate({ grant, reason: answer.reason })));
  const ask = (grant: Grant): void =>
    void confirm({
      title: `End ${nameOfGrant(grant)}?`,
      text: 'Sessions that use it end at once, and it is withdrawn on the target.',
      action: 'End it',
      danger: true,
      reason: 'required',
    }).then((answer) => (answer === undefined ? undefined : end.mutate({ grant, because: answer.reason })));
  return (
    <Loaded list={useRows(grantList(id, false))}>
      {(grants) => (
        <PlainTable
          label="Grants"
          rows={grants}
          rowId={(grant) => grant.id}
          empty="Holds no access through Reeve."
          columns={[
            { id: 'what', header: 'Access', title: true, cell: nameOfGrant },
            { id: 'system', header: 'System', cell: (grant) => grant.systemName ?? <span className="dim">role</span> },
            {
              id: 'because',
              header: 'Why',
              cell: (grant) =>
                grant.origin === 'request' && grant.originId !== null ? (
                  <Link to="/requests/$id" params={{ id: grant.originId }}>
                    {originWords(grant)}
                  </Link>
                ) : (
                  originWords(grant)
                ),
            },
            {
              id: 'state',
              header: 'State',
              cell: (grant) => <StateBadge tone={grantState(grant).tone}>{grantState(grant).word}</StateBadge>,
            },
            { id: 'since', header: 'Since', cell: (grant) => <TimeAgo at={grant.validFrom} /> },
            { id: 'until', header: 'Until', cell: until },
            { id: 'ended', header: 'Ended because', cell: (grant) => grant.endedBecause ?? '' },
            {
              id: 'actions',
              header: 'Actions',
              cell: (grant) =>
                !grantState(grant).live ? null : can(me, 'grant.end') ? (
                  <Button
                    variant="subtle"
                    color="red"
                    size="compact-xs"
                    aria-label={`End ${nameOfGrant(grant)}`}
                    onClick={() => ask(grant)}
                  >
                    End…
                  </Button>
                ) : grant.origin === 'birthright' ? null : (
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    aria-label={`Ask that ${nameOfGrant(grant)} be taken away`}
                    onClick={() => askToRemove(grant)}
                  >
                    Take away…
                  </Button>
                ),
            },
          ]}
        />
      )}
    </Loaded>
  );
};

/** Everything reached, through roles and nesting, with the way there. */
export const ReachTab = ({ id }: { readonly id: string }) => (
  <Reached id={id}>
    {(reached) => (
      <PlainTable
        label="Effective access"
        rows={reached}
        rowId={(reach) => `${reach.via} ${reach.sourceId} ${reach.entitlementId ?? reach.accountId ?? ''}`}
        empty="Reaches nothing."
        columns={[
          {
            id: 'what',
            header: 'Reaches',
            title: true,
            cell: (reach) =>
              reach.entitlementId === undefined ? (
                reach.name
              ) : (
                <Link
                  to="/identities/$id/access/$entitlementId"
                  params={{ id, entitlementId: reach.entitlementId }}
                  title="Where it comes from"
                >
                  {reach.name}
                </Link>
              ),
          },
          { id: 'system', header: 'System', cell: (reach) => reach.systemName ?? '' },
          {
            id: 'via',
            header: 'Through',
            cell: (reach) => (reach.via === 'grant' ? 'a grant' : 'the target, as read'),
          },
          { id: 'path', header: 'Path', cell: pathOf },
          {
            id: 'privileged',
            header: 'Privilege',
            cell: (reach) => (reach.privileged ? <Privileged /> : <span className="dim">none</span>),
          },
        ]}
      />
    )}
  </Reached>
);

/** What is, as last read: the accounts on the targets. */
export const AccountTab = ({ id }: { readonly id: string }) => (
  <Loaded list={useRows(accountList({ identityId: id }))}>
    {(accounts) => (
      <PlainTable
        label="Accounts"
        rows={accounts}
        rowId={(account) => account.id}
        empty="No account on any system read so far."
        columns={[
          {
            id: 'account',
            header: 'Account',
            title: true,
            cell: (account) => <span className="mono">{account.name}</span>,
          },
          { id: 'system', header: 'System', cell: (account) => account.systemName ?? '' },
          {
            id: 'state',
            header: 'State',
            cell: (account) => <StateBadge tone={stateTone(account.state)}>{account.state}</StateBadge>,
          },
          { id: 'linked', header: 'Theirs because', cell: (account) => account.linkedBecause ?? '' },
          {
            id: 'privileged',
            header: 'Privilege',
            cell: (account) =>
              account.privileged ? (
                <span className="row">
                  <Privileged />
                  <span className="dim small">{account.privilegedBecause.map(({ reason }) => reason).join('; ')}</span>
                </span>
              ) : (
                <span className="dim">none</span>
              ),
          },
          { id: 'used', header: 'Last used', cell: (account) => <TimeAgo at={account.lastUsedAt} never="unknown" /> },
        ]}
      />
    )}
  </Loaded>
);

/** Where the two differ. Drift is never silent: it is adopted, reviewed or removed. */
export const DriftTab = ({ id }: { readonly id: string }) => (
  <Reached id={id}>
    {(reached) => (
      <PlainTable
        label="Drift"
        rows={driftOf(reached)}
        rowId={({ reach }) => reach.sourceId + reach.name}
        empty="What should be and what is agree, on every system that was read."
        columns={[
          { id: 'what', header: 'Access', title: true, cell: ({ reach }) => reach.name },
          { id: 'system', header: 'System', cell: ({ reach }) => reach.systemName ?? '' },
          {
            id: 'kind',
            header: 'Difference',
            cell: ({ kind }) => (
              <StateBadge tone={kind === 'unexpected' ? 'bad' : 'wait'}>
                {kind === 'unexpected' ? 'on the target, not granted' : 'granted, not on the target'}
              </StateBadge>
            ),
          },
          { id: 'path', header: 'Path', cell: ({ reach }) => pathOf(reach) },
          { id: 'since', header: 'Since', cell: ({ reach }) => <TimeAgo at={reach.validFrom} /> },
        ]}
      />
    )}
  </Reached>
);
