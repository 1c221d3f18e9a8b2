import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { campaignItemList, campaignQuery, decideItem, decideTogether } from '../../api/campaigns.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { CampaignItem } from '../../api/shapes/campaigns.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { changesSaid, itemState, liveSessions, nameOfItem, needsReason } from './campaign-words.ts';
import { DraftCampaign } from './draft-campaign.tsx';
import { ItemDetail } from './item-detail.tsx';
import { ReviewActions, ReviewProgress } from './review-actions.tsx';
import { Gives } from './subject/item-subject.tsx';

const route = getRouteApi('/shell/campaigns/$id');
const facets = {
  state: { label: 'State', values: ['open', 'decided', 'kept', 'revoking', 'revoked', 'unanswered'] },
  whose: { label: 'Whose', values: ['mine', 'all'] },
  group: { label: 'Since last kept', values: ['unchanged', 'changed'] },
  risk: { label: 'Risk', values: ['low', 'medium', 'high', 'critical'] },
};

const columns: readonly Column<CampaignItem>[] = [
  { id: 'who', header: 'Who', width: '17%', title: true, cell: (row) => row.identityName ?? '' },
  { id: 'what', header: 'Has', cell: (row) => <Gives item={row} /> },
  { id: 'risk', header: 'Risk', width: '6.5rem', cell: (row) => <RiskBadge risk={row.evidence.risk} /> },
  {
    id: 'came',
    minor: true,
    header: 'Came by',
    width: '18%',
    cell: (row) => <span title={row.evidence.reason ?? ''}>{row.evidence.reason ?? row.evidence.origin}</span>,
  },
  {
    id: 'used',
    minor: true,
    header: 'Last used',
    width: '7.5rem',
    cell: (row) => <TimeAgo at={row.evidence.lastUse} never="unknown" />,
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
    id: 'peers',
    minor: true,
    header: 'Peers',
    width: '5rem',
    right: true,
    cell: ({ evidence: { peers } }) =>
      peers === null || peers.of === 0 ? (
        <span className="dim">–</span>
      ) : (
        `${String(Math.round((peers.holding / peers.of) * 100))} %`
      ),
  },
  {
    id: 'changes',
    minor: true,
    header: 'Changed since kept',
    width: '14%',
    cell: (row) => <span title={changesSaid(row)}>{changesSaid(row)}</span>,
  },
  {
    id: 'state',
    header: 'Decision',
    width: '13rem',
    cell: (row) => <StateBadge tone={itemState(row).tone}>{itemState(row).word}</StateBadge>,
  },
];

/** The reviewer's workbench: evidence beside each line, keep or revoke by key, undo until signed. */
export const ReviewPage = () => {
  const { id } = route.useParams();
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const campaign = useQuery(campaignQuery(id));
  const everybody = can(me, 'campaign.create') && filters['whose'] === 'all';
  const list = useRows(
    campaignItemList(id, { scope: everybody ? 'all' : 'mine', state: filters['state'], group: filters['group'] }),
  );
  const rows = list.rows.filter(
    (row) =>
      (filters['risk'] === undefined || row.evidence.risk === filters['risk']) &&
      nameOfItem(row).toLowerCase().includes(words.toLowerCase()),
  );
  const decide = useAct({
    run: ({
      items,
      decision,
      comment,
    }: {
      items: readonly CampaignItem[];
      decision: 'keep' | 'revoke' | 'undo';
      comment?: string;
    }): Promise<unknown> => {
      const words = comment === undefined ? {} : { comment };
      const [only] = items;
      return items.length === 1 && only !== undefined
        ? decideItem(only.id, decision, comment)
        : decideTogether(id, { decision, items: items.map((item) => item.id), ...words });
    },
    stales: ['campaigns'],
  });
  if (campaign.error !== null && campaign.data === undefined)
    return <Failed error={campaign.error} onRetry={() => void campaign.refetch()} />;
  if (campaign.data === undefined) return <Waiting />;
  const { data } = campaign;
  if (data.state === 'draft') return <DraftCampaign campaign={data} />;
  const open = data.state === 'open';
  const mine = (item: CampaignItem): boolean => open && item.reviewerId === me.id;

  const commands: readonly Command<CampaignItem>[] = [
    {
      id: 'keep',
      label: 'Keep',
      keys: 'e',
      primary: true,
      bulk: true,
      when: (item) => mine(item) && item.state === 'open',
      run: (items) => {
        if (!items.some(needsReason)) return decide.mutate({ items, decision: 'keep' });
        void confirm({
          title:
            items.length === 1 && items[0] !== undefined
              ? `Keep ${nameOfItem(items[0])}?`
              : `Keep ${String(items.length)} items?`,
          text: 'It is privileged, or no use of it was recorded. Say why it is right.',
          action: 'Keep',
          reason: 'required',
        }).then((answer) =>
          answer === undefined ? undefined : decide.mutate({ items, decision: 'keep', comment: answer.reason }),
        );
      },
    },
    {
      id: 'revoke',
      label: 'Revoke…',
      keys: 'r',
      danger: true,
      bulk: true,
      when: (item) => mine(item) && item.state === 'open',
      run: (items) => {
        const live = items.reduce((sum, item) => sum + liveSessions(item), 0);
        void confirm({
          title:
            items.length === 1 && items[0] !== undefined
              ? `Revoke ${nameOfItem(items[0])}?`
              : `Revoke ${String(items.length)} items?`,
          text: `It ends when you sign, is withdrawn on the target and read back.${live === 0 ? '' : ` ${String(live)} live ${live === 1 ? 'session ends' : 'sessions end'} then within a second.`}`,
          action: 'Revoke',
          danger: true,
          reason: 'required',
        }).then((answer) =>
          answer === undefined ? undefined : decide.mutate({ items, decision: 'revoke', comment: answer.reason }),
        );
      },
    },
    {
      id: 'undo',
      label: 'Undo',
      keys: 'u',
      bulk: true,
      when: (item) => mine(item) && item.state === 'decided',
      run: (items) => decide.mutate({ items, decision: 'undo' }),
    },
  ];
  return (
    <Page
      fill
      title={data.name}
      crumbs={<Link to="/campaigns">Certifications</Link>}
      lead={<ReviewProgress campaign={data} />}
      actions={open ? <ReviewActions campaign={data} items={list.rows.filter(mine)} /> : null}
    >
      <ListView
        label="Items to review"
        list={{ ...list, rows }}
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
          text: 'The items belong to other reviewers. Those who run certifications see all with whose:all.',
        }}
        cli={`reeve campaigns items ${id}`}
      />
    </Page>
  );
};
