import { Button, NumberInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../../api/errors.ts';
import { makeSchedule, type ScheduleBody } from '../../../api/reviews.ts';
import { useAct } from '../../../ui/feedback/act.ts';
import { Problem } from '../../../ui/feedback/states.tsx';
import { campaignBody, HowFields, usualCampaign, WhatFields, type CampaignForm } from '../campaign-fields.tsx';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

interface Form extends CampaignForm {
  readonly everyMonths: number;
  readonly days: number;
  readonly first: string;
}

const bodyOf = (form: Form): ScheduleBody => ({
  ...campaignBody(form),
  ...(form.systemId === '' ? {} : { scope: { systemId: form.systemId } }),
  everyMonths: form.everyMonths,
  days: form.days,
  firstAt: `${form.first}T08:00:00Z`,
});

/** Having a certification launched again and again, with all that one launched by hand can say. */
export const NewSchedule = () => {
  const [form, setForm] = useState<Form>({
    ...usualCampaign,
    delta: true,
    everyMonths: 3,
    days: 14,
    first: inDays(1),
  });
  const change = (part: Partial<CampaignForm>): void => setForm({ ...form, ...part });
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
        <WhatFields of={form} wrong={wrong} onChange={change} />
        <HowFields of={form} wrong={wrong} onChange={change} />
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
