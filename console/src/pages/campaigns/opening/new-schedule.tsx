import { Button, Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../../api/errors.ts';
import { useRows } from '../../../api/pages.ts';
import { makeSchedule, type ScheduleBody } from '../../../api/reviews.ts';
import { systemList } from '../../../api/systems.ts';
import { useAct } from '../../../ui/feedback/act.ts';
import { Problem } from '../../../ui/feedback/states.tsx';
import { kinds, withoutCanaries } from '../campaign-words.ts';
import { ReviewFields, usualReview, type Settings } from '../review-settings.tsx';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

interface Form {
  readonly name: string;
  readonly kind: NonNullable<ScheduleBody['kind']>;
  readonly systemId: string;
  readonly reviewer: '' | 'manager' | 'owner';
  readonly everyMonths: number;
  readonly days: number;
  readonly first: string;
  readonly delta: boolean;
  readonly noResponse: 'report' | 'revoke';
  readonly review: Settings;
}

const bodyOf = (form: Form): ScheduleBody => ({
  name: form.name.trim(),
  kind: form.kind,
  ...(form.systemId === '' ? {} : { scope: { systemId: form.systemId } }),
  ...(form.reviewer === '' ? {} : { reviewerRule: form.reviewer }),
  everyMonths: form.everyMonths,
  days: form.days,
  firstAt: `${form.first}T08:00:00Z`,
  delta: form.delta,
  noResponse: form.noResponse,
  review: withoutCanaries.has(form.kind) ? { ...form.review, canaries: 0 } : form.review,
});

/** Having a certification launched again and again, with all that one launched by hand can say. */
export const NewSchedule = () => {
  const systems = useRows(systemList());
  const [form, setForm] = useState<Form>({
    name: '',
    kind: 'privileged',
    systemId: '',
    reviewer: '',
    everyMonths: 3,
    days: 14,
    first: inDays(1),
    delta: true,
    noResponse: 'report',
    review: usualReview,
  });
  const make = useAct({
    run: () => makeSchedule(bodyOf(form)),
    stales: ['reviews'],
    quiet: true,
    done: () => 'It is launched by itself from now on',
    after: () => setForm({ ...form, name: '' }),
  });
  const wrong = fieldErrors(make.error);
  return (
    <details>
      <summary>Repeat a certification</summary>
      <form
        className="stack"
        style={{ maxWidth: '30rem', paddingTop: 10 }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          make.mutate(undefined);
        }}
      >
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          error={wrong['name']}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <NativeSelect
          label="What to look at"
          value={form.kind}
          onChange={(event) => setForm({ ...form, kind: event.currentTarget.value as Form['kind'] })}
          data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
        />
        <NativeSelect
          label="Systems"
          required={form.kind === 'system'}
          withAsterisk={false}
          error={wrong['systemId']}
          value={form.systemId}
          onChange={(event) => setForm({ ...form, systemId: event.currentTarget.value })}
          data={[
            { value: '', label: form.kind === 'system' ? 'Choose one' : 'All systems' },
            ...systems.rows.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <NativeSelect
          label="Who decides"
          value={form.reviewer}
          onChange={(event) => setForm({ ...form, reviewer: event.currentTarget.value as Form['reviewer'] })}
          data={[
            { value: '', label: 'As is usual for it' },
            { value: 'manager', label: 'The manager of each person' },
            { value: 'owner', label: 'The owner of each access' },
          ]}
        />
        <ReviewFields
          of={form.review}
          canaries={!withoutCanaries.has(form.kind)}
          wrong={(setting) => wrong[setting]}
          onChange={(review) => setForm({ ...form, review })}
        />
        <Checkbox
          label="Group what has not changed since it was last kept"
          checked={form.delta}
          onChange={(event) => setForm({ ...form, delta: event.currentTarget.checked })}
        />
        <NativeSelect
          label="If nobody answers in time"
          description="Silence is never an approval."
          value={form.noResponse}
          onChange={(event) => setForm({ ...form, noResponse: event.currentTarget.value as Form['noResponse'] })}
          data={[
            { value: 'report', label: 'List it as unanswered; the access stays' },
            { value: 'revoke', label: 'End the access' },
          ]}
        />
        <NumberInput
          label="Every so many months"
          min={1}
          max={60}
          error={wrong['everyMonths']}
          value={form.everyMonths}
          onChange={(value) => setForm({ ...form, everyMonths: Number(value) || 1 })}
        />
        <NumberInput
          label="Days to answer"
          min={1}
          max={366}
          error={wrong['days']}
          value={form.days}
          onChange={(value) => setForm({ ...form, days: Number(value) || 14 })}
        />
        <TextInput
          type="date"
          label="First on"
          min={inDays(1)}
          error={wrong['firstAt']}
          value={form.first}
          onChange={(event) => setForm({ ...form, first: event.currentTarget.value })}
        />
        <Problem error={make.error} />
        <Button type="submit" size="sm" loading={make.isPending}>
          Repeat it
        </Button>
      </form>
    </details>
  );
};
