import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { campaignQuery } from '../../api/campaigns.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { adviceQuery, holdList, reviewerList, settleHold } from '../../api/reviewing.ts';
import type { Hold, Reviewer } from '../../api/shapes/campaigns.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { adviceWords, measured } from './campaign-words.ts';

const route = getRouteApi('/shell/campaigns/$id/reviewers');

const reviewerColumns: readonly Column<Reviewer>[] = [
  { id: 'name', header: 'Reviewer', title: true, cell: (row) => row.name },
  { id: 'open', header: 'To decide', right: true, cell: (row) => row.open },
  { id: 'done', header: 'Decided', right: true, cell: (row) => `${String(row.decisions)} of ${String(row.total)}` },
  {
    id: 'alike',
    header: 'Alike',
    right: true,
    cell: (row) => (row.decisions === 0 ? '–' : `${String(Math.round((row.alike / row.decisions) * 100))} %`),
  },
  {
    id: 'pace',
    header: 'Half took at most',
    right: true,
    cell: (row) => (row.paceMs === null ? '–' : measured(row.paceMs)),
  },
  {
    id: 'canaries',
    header: 'Lines known to be wrong',
    cell: (row) =>
      row.canariesFound + row.canariesMissed === 0
        ? '–'
        : `${String(row.canariesFound)} found, ${String(row.canariesMissed)} missed`,
  },
  {
    id: 'holds',
    header: 'Held',
    cell: (row) =>
      row.held ? <StateBadge tone="bad">held now</StateBadge> : row.holds === 0 ? '–' : `${String(row.holds)} times`,
  },
];

const outcomes = {
  release: {
    action: 'Let it count',
    title: 'Let these decisions count?',
    text: 'They are signed as they stand, in the name of who took them.',
  },
  reopen: {
    action: 'Open again',
    title: 'Open these decisions again?',
    text: 'Whoever took them is asked again, and told why.',
  },
  reroute: {
    action: 'Give to another',
    title: 'Give these items to somebody else?',
    text: 'Each goes to the next in line who is independent.',
  },
} as const;

/** How reviewers of a certification decide, what was held because nobody seems to have looked, and how good the advice was. */
export const ReviewersPage = () => {
  const { id } = route.useParams();
  const me = useMe();
  const campaign = useQuery(campaignQuery(id));
  const reviewers = useRows(reviewerList(id));
  const holds = useRows(holdList(id));
  const advice = useQuery(adviceQuery(id));
  const settle = useAct({
    run: (asked: { holdId: string; outcome: keyof typeof outcomes; because: string }) => settleHold(id, asked),
    stales: ['campaigns'],
    done: ({ items, outcome }) => `${String(items)} items ${outcome}`,
  });
  if (campaign.error !== null && campaign.data === undefined)
    return <Failed error={campaign.error} onRetry={() => void campaign.refetch()} />;
  if (campaign.data === undefined) return <Waiting />;
  const ask = (hold: Hold, outcome: keyof typeof outcomes): void => {
    const { title, text, action } = outcomes[outcome];
    void confirm({ title, text, action, reason: 'required' }).then((said) =>
      said === undefined ? undefined : settle.mutate({ holdId: hold.id, outcome, because: said.reason }),
    );
  };
  const holdColumns: readonly Column<Hold>[] = [
    { id: 'who', header: 'Reviewer', title: true, cell: (row) => row.reviewerName },
    { id: 'when', header: 'Held', cell: (row) => <TimeAgo at={row.heldAt} /> },
    {
      id: 'fast',
      header: 'In under 2 s each, alike',
      right: true,
      cell: (row) => `${String(row.fast)} of ${String(row.decisions)}`,
    },
    {
      id: 'canaries',
      header: 'Known to be wrong',
      cell: (row) => (row.canaries === 0 ? 'none among them' : `${String(row.missed)} of ${String(row.canaries)} kept`),
    },
    {
      id: 'outcome',
      header: 'What became of it',
      cell: (row) => (row.outcome === null ? 'waits for you' : `${row.outcome}: ${row.because ?? ''}`),
    },
    {
      id: 'act',
      header: 'Actions',
      cell: (row) =>
        row.outcome !== null || row.reviewerId === me.id || !can(me, 'campaign.settle_hold') ? null : (
          <span className="row">
            {(Object.keys(outcomes) as (keyof typeof outcomes)[]).map((outcome) => (
              <Button
                key={outcome}
                variant="default"
                size="compact-xs"
                aria-label={`${outcomes[outcome].action}: the batch of ${row.reviewerName}`}
                onClick={() => ask(row, outcome)}
              >
                {outcomes[outcome].action}…
              </Button>
            ))}
          </span>
        ),
    },
  ];
  return (
    <Page
      title="Reviewers"
      crumbs={
        <Link to="/campaigns/$id" params={{ id }}>
          {campaign.data.name}
        </Link>
      }
      lead="How far each is, and whether they look."
    >
      <Section title="How they decide">
        <PlainTable
          label="Reviewers"
          rows={reviewers.rows}
          rowId={({ identityId }) => identityId}
          empty="Nobody reviews here yet."
          columns={reviewerColumns}
        />
      </Section>
      <Section title="Held at signing">
        <PlainTable
          label="Held batches"
          rows={holds.rows}
          rowId={({ id: own }) => own}
          empty="Nothing looked as if nobody had looked."
          columns={holdColumns}
        />
      </Section>
      <Section title="How good the advice was">
        <PlainTable
          label="Recommendations and decisions"
          rows={advice.data?.items ?? []}
          rowId={({ rule, what }) => `${rule} ${what}`}
          empty="It is weighed once the certification is closed."
          columns={[
            { id: 'rule', header: 'Rule', title: true, cell: ({ rule }) => rule },
            { id: 'what', header: 'Speaks for', cell: ({ what }) => adviceWords[what] },
            { id: 'decided', header: 'Decided', right: true, cell: ({ decided }) => decided },
            {
              id: 'overturned',
              header: 'Decided otherwise',
              right: true,
              cell: ({ overturned, shareOverturned }) =>
                shareOverturned === null
                  ? '–'
                  : `${String(overturned)} (${String(Math.round(shareOverturned * 100))} %)`,
            },
          ]}
        />
      </Section>
    </Page>
  );
};
