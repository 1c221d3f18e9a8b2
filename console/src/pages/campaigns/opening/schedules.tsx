import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { makeSchedule, schedulesQuery, stopSchedule, type ScheduleBody } from '../../../api/reviews.ts';
import { useAct } from '../../../ui/feedback/act.ts';
import { Problem } from '../../../ui/feedback/states.tsx';
import { StateBadge } from '../../../ui/show/badges.tsx';
import { TimeAgo } from '../../../ui/show/time-ago.tsx';
import { PlainTable } from '../../../ui/table/plain-table.tsx';
import { kinds } from '../campaign-words.ts';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

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

const NewSchedule = () => {
  const [name, setName] = useState('');
  const [kind, setKind] = useState<NonNullable<ScheduleBody['kind']>>('privileged');
  const [everyMonths, setEvery] = useState(3);
  const [days, setDays] = useState(14);
  const [first, setFirst] = useState(inDays(1));
  const make = useAct({
    run: () => makeSchedule({ name: name.trim(), kind, everyMonths, days, firstAt: `${first}T08:00:00Z` }),
    stales: ['reviews'],
    quiet: true,
    done: () => 'It is launched by itself from now on',
    after: () => setName(''),
  });
  return (
    <form
      className="row"
      style={{ alignItems: 'end', flexWrap: 'wrap' }}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        make.mutate(undefined);
      }}
    >
      <TextInput
        label="Name"
        required
        withAsterisk={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label="What to look at"
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as typeof kind)}
        data={Object.entries(kinds)
          .filter(([value]) => value !== 'system')
          .map(([value, label]) => ({ value, label }))}
      />
      <NumberInput
        label="Every so many months"
        min={1}
        max={60}
        value={everyMonths}
        onChange={(value) => setEvery(Number(value) || 1)}
      />
      <NumberInput
        label="Days to answer"
        min={1}
        max={366}
        value={days}
        onChange={(value) => setDays(Number(value) || 14)}
      />
      <TextInput
        type="date"
        label="First on"
        min={inDays(1)}
        value={first}
        onChange={(event) => setFirst(event.currentTarget.value)}
      />
      <Button type="submit" size="sm" variant="default" loading={make.isPending}>
        Repeat it
      </Button>
      <Problem error={make.error} />
    </form>
  );
};
