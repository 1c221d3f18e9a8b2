import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { schedulesQuery, stopSchedule } from '../../../api/reviews.ts';
import { useAct } from '../../../ui/feedback/act.ts';
import { StateBadge } from '../../../ui/show/badges.tsx';
import { TimeAgo } from '../../../ui/show/time-ago.tsx';
import { PlainTable } from '../../../ui/table/plain-table.tsx';
import { kinds } from '../campaign-words.ts';
import { reviewInWords } from '../review-words.ts';
import { NewSchedule } from './new-schedule.tsx';

/** Campaigns that are launched again every so many months. */
export const Schedules = ({ may }: { readonly may: boolean }) => {
  const { data } = useQuery(schedulesQuery());
  const stop = useAct({
    run: (id: string) => stopSchedule(id),
    stales: ['reviews'],
    done: () => 'Not repeated any more',
  });
  return (
    <section className="stack">
      <h2>The calendar</h2>
      <PlainTable
        label="Repeated certifications"
        rows={data?.items ?? []}
        rowId={({ id }) => id}
        empty="No certification is repeated by itself."
        columns={[
          { id: 'name', header: 'Name', title: true, cell: ({ name }) => name },
          { id: 'kind', header: 'Looks at', cell: ({ kind }) => kinds[kind] ?? kind },
          {
            id: 'how',
            header: 'Reviewed',
            cell: ({ review, delta }) => <span className="small">{reviewInWords(review, delta)}</span>,
          },
          { id: 'every', header: 'Every', cell: ({ everyMonths }) => `${String(everyMonths)} months` },
          {
            id: 'next',
            header: 'Next',
            cell: ({ nextAt, stoppedAt }) =>
              stoppedAt === null ? <TimeAgo at={nextAt} /> : <StateBadge tone="quiet">stopped</StateBadge>,
          },
          { id: 'times', header: 'Launched', right: true, cell: ({ occurrences }) => occurrences },
          {
            id: 'stop',
            header: 'Stop',
            cell: ({ id, name, stoppedAt }) =>
              may && stoppedAt === null ? (
                <Button size="xs" variant="default" aria-label={`Stop ${name}`} onClick={() => stop.mutate(id)}>
                  Stop
                </Button>
              ) : null,
          },
        ]}
      />
      {may ? <NewSchedule /> : null}
    </section>
  );
};
