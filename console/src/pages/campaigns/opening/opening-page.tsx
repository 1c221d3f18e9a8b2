import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { can, useMe } from '../../../api/me.ts';
import { clockCountsQuery, clockList, reviewPolicyQuery } from '../../../api/reviews.ts';
import { useRows } from '../../../api/pages.ts';
import { Failed, Waiting } from '../../../ui/feedback/states.tsx';
import { Page } from '../../../ui/page.tsx';
import { RiskBadge, StateBadge } from '../../../ui/show/badges.tsx';
import { TimeAgo } from '../../../ui/show/time-ago.tsx';
import { PlainTable } from '../../../ui/table/plain-table.tsx';
import { PolicyForm } from './policy-form.tsx';
import { Schedules } from './schedules.tsx';

const tones = { certified: 'good', due: 'wait', overdue: 'bad' } as const;

/** Grants under the clock: how many stand well, and those due the longest. */
const Clock = () => {
  const counts = useQuery(clockCountsQuery());
  const list = useRows(clockList(undefined));
  return (
    <section className="stack">
      <h2>The clock of each grant</h2>
      <p>
        {counts.data === undefined
          ? ''
          : `${String(counts.data.certified)} certified, ${String(counts.data.due)} due, ${String(counts.data.overdue)} overdue.`}
      </p>
      <PlainTable
        label="Grants under the clock, those due the longest first"
        rows={list.rows}
        rowId={({ grantId }) => grantId}
        empty="No risk has a clock: say above how often grants come due."
        columns={[
          { id: 'who', header: 'Who', title: true, cell: ({ identityName }) => identityName },
          { id: 'what', header: 'Has', cell: ({ what }) => what },
          { id: 'risk', header: 'Risk', cell: ({ risk }) => <RiskBadge risk={risk} /> },
          { id: 'kept', header: 'Last kept', cell: ({ keptAt }) => <TimeAgo at={keptAt} never="never" /> },
          { id: 'due', header: 'Due', cell: ({ dueAt }) => <TimeAgo at={dueAt} /> },
          {
            id: 'state',
            header: 'State',
            cell: ({ state, campaignId }) => (
              <span className="row">
                <StateBadge tone={tones[state]}>{state}</StateBadge>
                {campaignId === null ? null : (
                  <Link to="/campaigns/$id" params={{ id: campaignId }}>
                    being asked
                  </Link>
                )}
              </span>
            ),
          },
        ]}
      />
    </section>
  );
};

/** What opens reviews by itself: what happens, a clock for each grant, and a calendar. */
export const OpeningPage = () => {
  const me = useMe();
  const policy = useQuery(reviewPolicyQuery());
  return (
    <Page
      title="What opens reviews"
      crumbs={<Link to="/campaigns">Certifications</Link>}
      lead="Between campaigns: what happens to access is asked about when it happens, and everything again in time."
    >
      {policy.error === null ? null : <Failed error={policy.error} onRetry={() => void policy.refetch()} />}
      {policy.data === undefined ? (
        policy.error === null ? (
          <Waiting />
        ) : null
      ) : (
        <div className="stack">
          <PolicyForm key={policy.data.number} of={policy.data} may={can(me, 'review_policy.put')} />
          <Schedules may={can(me, 'campaign_schedule.make')} />
          <Clock />
        </div>
      )}
    </Page>
  );
};
