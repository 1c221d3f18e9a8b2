import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { campaignItemList, campaignQuery } from '../../api/campaigns.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { CampaignItem } from '../../api/shapes/campaigns.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { adviceWords, changesSaid, itemState, nameOfItem } from './campaign-words.ts';
import s from './campaigns.module.css';
import { DraftCampaign } from './draft-campaign.tsx';
import { GiveOn } from './give-on.tsx';
import { ItemDetail } from './item-detail.tsx';
import { ReviewActions, ReviewProgress } from './review-actions.tsx';
import { useReviewCommands } from './review-commands.ts';
import { Gives } from './subject/item-subject.tsx';
import { UnchangedGroup } from './unchanged-group.tsx';

const route = getRouteApi('/shell/campaigns/$id');
const facets = {
  state: {
    label: 'State',
    values: ['open', 'decided', 'held', 'challenged', 'kept', 'revoking', 'revoked', 'unanswered'],
  },
  whose: { label: 'Whose', values: ['mine', 'all'] },
  group: { label: 'Since last kept', values: ['unchanged', 'changed'] },
  risk: { label: 'Risk', values: ['low', 'medium', 'high', 'critical'] },
};

const columns: readonly Column<CampaignItem>[] = [
  { id: 'who', header: 'Who', width: '14%', title: true, cell: (row) => row.identityName ?? '' },
  { id: 'what', header: 'Has', cell: (row) => <Gives item={row} /> },
  { id: 'risk', header: 'Risk', width: '6.5rem', cell: (row) => <RiskBadge risk={row.evidence.risk} /> },
  {
    id: 'came',
    minor: true,
    header: 'Came by',
    width: '11%',
    cell: (row) => <span title={row.evidence.reason ?? ''}>{row.evidence.reason ?? row.evidence.origin}</span>,
  },
  {
    id: 'used',
    minor: true,
    header: 'Last used',
    width: '6.5rem',
    cell: (row) => <TimeAgo at={row.evidence.lastUse} never="unknown" />,
  },
  {
    id: 'sessions',
    minor: true,
    hidden: true,
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
    width: '11%',
    cell: (row) => <span title={changesSaid(row)}>{changesSaid(row)}</span>,
  },
  {
    id: 'advice',
    minor: true,
    header: 'Evidence says',
    width: '7rem',
    cell: ({ recommendation }) =>
      recommendation === null ? (
        <span className="dim">–</span>
      ) : (
        <span title={recommendation.reasons.join('; ')}>{adviceWords[recommendation.what]}</span>
      ),
  },
  {
    id: 'state',
    header: 'Decision',
    width: '11rem',
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
  const [giving, setGiving] = useState<readonly CampaignItem[]>([]);
  const open = campaign.data?.state === 'open';
  const mine = (item: CampaignItem): boolean => open && (!everybody || item.reviewerId === me.id);
  const commands = useReviewCommands({
    campaignId: id,
    mine,
    mayGive: (item) => open && (mine(item) || can(me, 'campaign.create')),
    giveOn: setGiving,
    me: me.id,
  });
  if (campaign.error !== null && campaign.data === undefined)
    return <Failed error={campaign.error} onRetry={() => void campaign.refetch()} />;
  if (campaign.data === undefined) return <Waiting />;
  const { data } = campaign;
  if (data.state === 'draft') return <DraftCampaign campaign={data} />;
  const unchanged = list.rows.filter((item) => mine(item) && item.unchanged && item.state === 'open');
  const folded = data.delta && !everybody && filters['group'] === undefined && search.q === undefined;
  return (
    <Page
      fill
      title={data.name}
      crumbs={<Link to="/campaigns">Certifications</Link>}
      lead={<ReviewProgress campaign={data} />}
      actions={open ? <ReviewActions campaign={data} items={list.rows.filter(mine)} /> : null}
    >
      {giving.length === 0 ? null : (
        <GiveOn
          campaignId={id}
          items={giving}
          everybodys={!giving.every((item) => item.reviewerId === me.id)}
          onClose={() => setGiving([])}
        />
      )}
      <div className={s['work']}>
        <UnchangedGroup
          campaignId={id}
          items={unchanged}
          more={list.hasMore}
          shown={!folded}
          onShow={(shown) => setSearch({ q: shown ? 'group:unchanged' : undefined })}
        />
        <ListView
          label="Items to review"
          list={{ ...list, rows: folded ? rows.filter((row) => !unchanged.includes(row)) : rows }}
          columns={columns}
          rowId={(row) => row.id}
          rowName={nameOfItem}
          facets={facets}
          search={search}
          onSearch={setSearch}
          commands={commands}
          selectable
          takesFocus
          detail={(row) => <ItemDetail key={row.id} item={row} />}
          empty={{
            title: 'Nothing waits for you here',
            text: 'The items belong to other reviewers. Those who run certifications see all with whose:all.',
          }}
          cli={`reeve review ls ${id}`}
        />
      </div>
    </Page>
  );
};
