import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useMe } from '../../api/me.ts';
import type { SodException } from '../../api/shapes/sod.ts';
import { recordSodControlRun, sodControlRunsQuery } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

/** Whether the control behind an exception ran when it had to. */
export const EvidenceBadge = ({ of }: { readonly of: SodException }) => {
  if (of.evidenceDueAt === null) return <span className="dim">not asked for</span>;
  if (new Date(of.evidenceDueAt) <= new Date()) return <StateBadge tone="bad">overdue</StateBadge>;
  if (of.lastResult === 'failed') return <StateBadge tone="bad">last run failed</StateBadge>;
  return (
    <StateBadge tone={of.lastRunAt === null ? 'wait' : 'good'}>{of.lastRunAt === null ? 'awaited' : 'ran'}</StateBadge>
  );
};

/** The runs of the control behind an exception, and where another is put on record. */
export const Evidence = ({ of }: { readonly of: SodException }) => {
  const me = useMe();
  const query = useQuery(sodControlRunsQuery(of.id));
  const [form, setForm] = useState({ result: 'passed', reference: '' });
  const record = useAct({
    run: () =>
      recordSodControlRun(of.id, {
        result: form.result === 'failed' ? 'failed' : 'passed',
        reference: form.reference.trim(),
      }),
    stales: ['sod'],
    quiet: true,
    done: () => 'The run is on record',
    after: () => setForm({ result: 'passed', reference: '' }),
  });
  const runs = query.data?.items ?? [];
  return (
    <section className="stack" aria-label="Evidence">
      <h3>Evidence of its control</h3>
      {of.evidenceDueAt === null ? null : (
        <span className="dim small">
          Every {of.evidenceEveryDays} days; next by {of.evidenceDueAt.slice(0, 10)}
        </span>
      )}
      {runs.length === 0 ? <p className="dim">No run is on record.</p> : null}
      <ul>
        {runs.map((run) => (
          <li key={run.id}>
            <StateBadge tone={run.result === 'passed' ? 'good' : 'bad'}>{run.result}</StateBadge> {run.reference}, by{' '}
            <IdentityName id={run.ranBy} /> <TimeAgo at={run.ranAt} />
          </li>
        ))}
      </ul>
      {of.identityId === me.id ? null : (
        <form
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            record.mutate(undefined);
          }}
        >
          <Group gap="xs" align="end">
            <NativeSelect
              label="It ran and"
              value={form.result}
              onChange={(event) => setForm({ ...form, result: event.currentTarget.value })}
              data={['passed', 'failed']}
            />
            <TextInput
              label="Where to look"
              placeholder="A ticket or a report"
              required
              withAsterisk={false}
              error={fieldErrors(record.error)['reference']}
              value={form.reference}
              onChange={(event) => setForm({ ...form, reference: event.currentTarget.value })}
            />
            <Button type="submit" variant="default" loading={record.isPending}>
              Put on record
            </Button>
          </Group>
          <Problem error={record.error} />
        </form>
      )}
    </section>
  );
};
