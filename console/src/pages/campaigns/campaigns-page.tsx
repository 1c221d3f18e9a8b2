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
import { AboutMe } from './about-me.tsx';
import { campaignTone, doneOf, scopeWords } from './campaign-words.ts';
import s from './campaigns.module.css';

const facets = {
  state: { label: 'State', values: ['draft', 'open', 'closed'] },
  whose: { label: 'Whose', values: ['mine', 'all'] },
};

const Share = ({ campaign }: { readonly campaign: Campaign }) => (
  <span className={s['share']}>
    <Progress
      value={campaign.total === 0 ? 0 : (doneOf(campaign) / campaign.total) * 100}
      size="sm"
      aria-label={`${campaign.name}: share decided`}
    />
    <span className="num small">
      {doneOf(campaign)}/{campaign.total}
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
  { id: 'scope', header: 'Looks at', width: '20%', cell: scopeWords },
  {
    id: 'state',
    header: 'State',
    width: '6rem',
    cell: (row) => <StateBadge tone={campaignTone[row.state]}>{row.state}</StateBadge>,
  },
  {
    id: 'open',
    header: 'To decide',
    width: '6rem',
    right: true,
    cell: (row) => (row.open === 0 ? <span className="dim">0</span> : <strong>{row.open}</strong>),
  },
  { id: 'decided', header: 'Decided', width: '11rem', cell: (row) => <Share campaign={row} /> },
  {
    id: 'revoked',
    header: 'Revoked',
    width: '10rem',
    right: true,
    cell: (row) =>
      row.revoking === 0
        ? `${String(row.revoked)} proved gone`
        : `${String(row.revoked)} gone, ${String(row.revoking)} pending`,
  },
  {
    id: 'due',
    header: 'Due in',
    width: '7rem',
    cell: (row) =>
      row.state === 'closed' ? <TimeAgo at={row.closedAt} /> : <Countdown to={row.dueAt} over="overdue" />,
  },
];

export const CampaignsPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const everybody = can(me, 'campaign.create') && filters['whose'] !== 'mine';
  const list = useRows(campaignList(everybody ? 'all' : 'mine'));
  const rows = list.rows.filter(
    (row) =>
      (filters['state'] === undefined || row.state === filters['state']) &&
      row.name.toLowerCase().includes(words.toLowerCase()),
  );
  const launch = can(me, 'campaign.create') ? (
    <>
      <Button variant="default" onClick={() => void navigate({ to: '/campaigns/opening' })}>
        What opens reviews
      </Button>
      <Button onClick={() => void navigate({ to: '/campaigns/new' })}>New certification</Button>
    </>
  ) : null;
  return (
    <Page
      fill
      title="Certifications"
      lead="Who has what, looked at by who knows; what is taken away is proved gone."
      actions={launch}
    >
      <div className={s['work']}>
        <AboutMe />
        <ListView
          label="Certifications"
          list={{ ...list, rows }}
          columns={columns}
          rowId={(row) => row.id}
          rowName={(row) => row.name}
          facets={facets}
          search={search}
          onSearch={setSearch}
          onPage={(row) => void navigate({ to: '/campaigns/$id', params: { id: row.id } })}
          empty={
            everybody
              ? {
                  title: 'No certification yet',
                  text: 'Begin with privileged access only: the list is short and it matters most.',
                  action: launch,
                }
              : {
                  title: 'Nothing for you to review',
                  text: 'When somebody asks you to look at access, it appears here.',
                }
          }
          cli={`reeve campaigns ls --scope ${everybody ? 'all' : 'mine'}`}
        />
      </div>
    </Page>
  );
};
