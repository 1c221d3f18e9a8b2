import { Button, Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { campaignItemList, campaignQuery, decideItem, signCampaign } from '../../api/campaigns.ts';
import { useRows } from '../../api/pages.ts';
import type { CampaignItem } from '../../api/shapes/campaigns.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { RiskBadge } from '../../ui/show/badges.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { ItemDetail } from './item-detail.tsx';
import { ItemState, nameOfItem } from './item-words.tsx';
import s from './campaigns.module.css';

const route = getRouteApi('/shell/campaigns/$id');
const facets = {
  group: { label: 'Group', values: ['decide', 'looks_right', 'closed'] },
  whose: { label: 'Whose', values: ['mine', 'all'] },
};

const columns: readonly Column<CampaignItem>[] = [
  { id: 'who', header: 'Who', width: '17%', title: true, cell: (row) => row.identity.name },
  { id: 'what', header: 'Has', cell: (row) => row.entitlement.name },
  { id: 'system', minor: true, header: 'System', width: '9rem', cell: (row) => row.entitlement.system.name },
  { id: 'risk', header: 'Risk', width: '6.5rem', cell: (row) => <RiskBadge risk={row.risk} /> },
  {
    id: 'why',
    minor: true,
    header: 'Why',
    width: '18%',
    cell: (row) => <span title={row.evidence.because}>{row.evidence.because}</span>,
  },
  {
    id: 'used',
    minor: true,
    header: 'Last used',
    width: '7.5rem',
    cell: (row) => <TimeAgo at={row.evidence.lastUsedAt} never="never" />,
  },
  {
    id: 'sessions',
    minor: true,
    header: 'Sessions',
    width: '5rem',
    right: true,
    cell: (row) => row.evidence.sessions.length,
  },
  {
    id: 'sod',
    header: 'Conflicts',
    width: '5.5rem',
    right: true,
    cell: (row) =>
      row.evidence.sod.length === 0 ? <span className="dim">0</span> : <strong>{row.evidence.sod.length}</strong>,
  },
  {
    id: 'peers',
    minor: true,
    header: 'Peers',
    width: '4.5rem',
    right: true,
    cell: (row) =>
      row.evidence.peers === null || row.evidence.peers.of === 0 ? (
        <span className="dim">–</span>
      ) : (
        `${String(Math.round((row.evidence.peers.having / row.evidence.peers.of) * 100))} %`
      ),
  },
  { id: 'state', header: 'Decision', width: '13rem', cell: (row) => <ItemState item={row} /> },
];

/** Keeping what deserves doubt asks for words; the rest is one key. */
const needsReason = (item: CampaignItem): boolean =>
  item.entitlement.privileged || item.evidence.sod.length > 0 || item.evidence.lastUsedAt === null;

/** The reviewer's workbench: evidence beside each line, keep or revoke by key, undo until signed. */
export const ReviewPage = () => {
  const { id } = route.useParams();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const campaign = useQuery({ ...campaignQuery(id), refetchInterval: 5_000 });
  const list = useRows(
    campaignItemList(id, {
      mine: filters['whose'] !== 'all',
      group: filters['group'],
      search: words === '' ? undefined : words,
    }),
  );
  const decide = useAct({
    run: ({
      items,
      decision,
      reason,
    }: {
      items: readonly CampaignItem[];
      decision: 'keep' | 'revoke' | null;
      reason?: string;
    }) => Promise.all(items.map((item) => decideItem(item.id, decision, reason))),
    stales: ['campaigns', 'sessions', 'grants'],
    done: (_, { items, decision }) =>
      (decision === 'revoke' ? `Revoked: ${items.map(nameOfItem).join('; ')}` : undefined) ?? '',
  });
  const sign = useAct({
    run: () => signCampaign(id),
    stales: ['campaigns'],
    done: () => 'Signed. Your decisions are final and in the audit log.',
  });
  if (campaign.error !== null && campaign.data === undefined)
    return <Failed error={campaign.error} onRetry={() => void campaign.refetch()} />;
  if (campaign.data === undefined) return <Waiting />;
  const { data } = campaign;
  const open = data.state === 'open';
  const mine = list.rows;
  const undecided = mine.filter((item) => item.decision === null).length;
  const revoked = mine.filter((item) => item.decision?.decision === 'revoke').length;

  const commands: readonly Command<CampaignItem>[] = [
    {
      id: 'keep',
      label: 'Keep',
      keys: 'e',
      primary: true,
      bulk: true,
      when: (item) => open && item.decision === null,
      run: (items) => {
        if (items.every((item) => !needsReason(item))) return decide.mutate({ items, decision: 'keep' });
        void confirm({
          title:
            items.length === 1 && items[0] !== undefined
              ? `Keep ${nameOfItem(items[0])}?`
              : `Keep ${String(items.length)} items?`,
          text: 'It is privileged, conflicts with other access, or was never seen used. Say why it is right.',
          action: 'Keep',
          reason: 'required',
        }).then((answer) =>
          answer === undefined ? undefined : decide.mutate({ items, decision: 'keep', reason: answer.reason }),
        );
      },
    },
    {
      id: 'revoke',
      label: 'Revoke…',
      keys: 'r',
      danger: true,
      bulk: true,
      when: (item) => open && item.decision === null,
      run: (items) => {
        const live = items.flatMap((item) => item.evidence.sessions).filter((session) => session.live).length;
        void confirm({
          title:
            items.length === 1 && items[0] !== undefined
              ? `Revoke ${nameOfItem(items[0])}?`
              : `Revoke ${String(items.length)} items?`,
          text: `It ends now and is read back on the target.${live === 0 ? '' : ` ${String(live)} live ${live === 1 ? 'session ends' : 'sessions end'} within a second.`}`,
          action: 'Revoke',
          danger: true,
          reason: 'required',
        }).then((answer) =>
          answer === undefined ? undefined : decide.mutate({ items, decision: 'revoke', reason: answer.reason }),
        );
      },
    },
    {
      id: 'undo',
      label: 'Undo',
      keys: 'u',
      bulk: true,
      when: (item) => open && item.canUndo && item.decision !== null,
      run: (items) => decide.mutate({ items, decision: null }),
    },
  ];
  return (
    <Page
      fill
      title={data.name}
      crumbs={<Link to="/campaigns">Certifications</Link>}
      lead={
        <span className={s['sign']}>
          <span>{data.scope}</span>
          <span>
            {data.decided} of {data.items} decided, {data.revoked} revoked, {data.proven} proved gone
          </span>
          {open ? (
            <span>
              due in <Countdown to={data.dueAt} over="no time: overdue" />
            </span>
          ) : (
            <span>{data.state}</span>
          )}
          <Progress
            value={data.items === 0 ? 100 : (data.decided / data.items) * 100}
            size="sm"
            w={140}
            aria-label="Share decided"
          />
        </span>
      }
      actions={
        open ? (
          <Button
            disabled={undecided > 0 || mine.length === 0}
            title={undecided > 0 ? `${String(undecided)} items still to decide` : undefined}
            loading={sign.isPending}
            onClick={() =>
              void confirm({
                title: 'Sign your decisions?',
                text: `${String(mine.length - revoked)} kept, ${String(revoked)} revoked. After signing they cannot be undone here; access can be asked for again.`,
                action: 'Sign',
              }).then((answer) => (answer === undefined ? undefined : sign.mutate(undefined)))
            }
          >
            Sign
          </Button>
        ) : null
      }
    >
      <ListView
        label="Items to review"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={nameOfItem}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        takesFocus
        detail={(row) => <ItemDetail item={row} />}
        empty={{
          title: 'Nothing waits for you here',
          text: 'Either all is decided, or the items belong to other reviewers. Filter by whose:all to see them.',
        }}
        cli={`reeve campaigns status ${id}`}
      />
    </Page>
  );
};
