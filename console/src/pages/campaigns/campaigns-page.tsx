import { Button, Progress } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { campaignList } from '../../api/campaigns.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Campaign } from '../../api/shapes/campaigns.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';

const facets = { state: { label: 'State', values: ['open', 'signed', 'closed'] } };

const Share = ({ campaign }: { readonly campaign: Campaign }) => (
  <span style={{ display: 'grid', gridTemplateColumns: '1fr auto', gap: 8, alignItems: 'center' }}>
    <Progress
      value={campaign.items === 0 ? 100 : (campaign.decided / campaign.items) * 100}
      size="sm"
      aria-label={`${campaign.name}: share decided`}
    />
    <span className="num small">
      {campaign.decided}/{campaign.items}
    </span>
  </span>
);

const columns: readonly Column<Campaign>[] = [
  {
    id: 'name',
    header: 'Name',
    title: true,
    cell: (row) => (
      <Link to="/campaigns/$id" params={{ id: row.id }}>
        {row.name}
      </Link>
    ),
  },
  { id: 'scope', header: 'Scope', width: '20%', cell: (row) => row.scope },
  {
    id: 'state',
    header: 'State',
    width: '6rem',
    cell: (row) => (
      <StateBadge tone={row.state === 'open' ? 'wait' : row.state === 'signed' ? 'good' : 'quiet'}>
        {row.state}
      </StateBadge>
    ),
  },
  {
    id: 'mine',
    header: 'Waits for you',
    width: '7rem',
    right: true,
    cell: (row) => (row.mine === 0 ? <span className="dim">0</span> : <strong>{row.mine}</strong>),
  },
  { id: 'decided', header: 'Decided', width: '11rem', cell: (row) => <Share campaign={row} /> },
  {
    id: 'revoked',
    header: 'Revoked',
    width: '8rem',
    right: true,
    cell: (row) => `${String(row.revoked)}, ${String(row.proven)} proven`,
  },
  {
    id: 'due',
    header: 'Due in',
    width: '7rem',
    cell: (row) => (row.state === 'open' ? <Countdown to={row.dueAt} over="overdue" /> : <TimeAgo at={row.dueAt} />),
  },
];

export const CampaignsPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(campaignList({ state: filters['state'], search: words === '' ? undefined : words }));
  const launch = can(me, 'campaign.launch') ? (
    <Button onClick={() => void navigate({ to: '/campaigns/new' })}>New certification</Button>
  ) : null;
  return (
    <Page
      fill
      title="Certifications"
      lead="Who has what, looked at by who knows; what is taken away is proved gone."
      actions={launch}
    >
      <ListView
        label="Certifications"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        facets={facets}
        search={search}
        onSearch={setSearch}
        onPage={(row) => void navigate({ to: '/campaigns/$id', params: { id: row.id } })}
        empty={{
          title: 'No certification yet',
          text: 'Begin with privileged access only: the list is short and it matters most.',
          action: launch,
        }}
        cli="reeve campaigns ls"
      />
    </Page>
  );
};
