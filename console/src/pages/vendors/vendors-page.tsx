import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRows } from '../../api/pages.ts';
import { companyList } from '../../api/vendors.ts';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { companyName } from './vendor-words.ts';

/** Companies whose people are let in for a while, by sponsors who answer for them. */
export const VendorsPage = () => (
  <Page
    title="Vendors"
    lead="People from outside are let in for a while, by somebody who answers for them."
    actions={
      <Button component={Link} to="/vendors/new" size="sm">
        Invite somebody
      </Button>
    }
  >
    <Loaded list={useRows(companyList())}>
      {(companies) => (
        <PlainTable
          label="Vendors"
          rows={companies}
          rowId={(row) => row.employer}
          empty="Nobody from outside is here."
          columns={[
            {
              id: 'company',
              header: 'Company',
              title: true,
              cell: (row) => (
                <Link to="/vendors/company" search={{ employer: row.employer }}>
                  {companyName(row)}
                </Link>
              ),
            },
            {
              id: 'people',
              header: 'People',
              cell: (row) =>
                row.expected === 0
                  ? String(row.people)
                  : `${String(row.people)}, ${String(row.expected)} of them expected`,
            },
            { id: 'sponsors', header: 'Who answers for them', cell: (row) => row.sponsors.join(', ') || 'nobody' },
            { id: 'first', header: 'First ends', cell: (row) => <TimeAgo at={row.firstEnd} never="no end" /> },
            { id: 'last', header: 'Last ends', cell: (row) => <TimeAgo at={row.lastEnd} never="no end" /> },
            {
              id: 'sessions',
              header: 'Last session',
              cell: (row) =>
                row.sessions > 0 ? (
                  <StateBadge tone="good">{`${String(row.sessions)} open`}</StateBadge>
                ) : (
                  <TimeAgo at={row.lastSessionAt} never="none" />
                ),
            },
          ]}
        />
      )}
    </Loaded>
  </Page>
);
