import { Button, NativeSelect, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { draftCampaign, type CampaignDraft } from '../../api/campaigns.ts';
import { fieldErrors } from '../../api/errors.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { campaignBody, HowFields, usualCampaign, WhatFields, type CampaignForm } from './campaign-fields.tsx';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

interface Form extends CampaignForm {
  readonly due: string;
  readonly department: string;
  readonly text: string;
  readonly minRisk: '' | 'medium' | 'high' | 'critical';
}

const draftOf = (form: Form): CampaignDraft => ({
  ...campaignBody(form),
  scope: {
    ...(form.systemId === '' ? {} : { systemId: form.systemId }),
    ...(form.department.trim() === '' ? {} : { department: form.department.trim() }),
    ...(form.text.trim() === '' ? {} : { text: form.text.trim() }),
    ...(form.minRisk === '' ? {} : { minRisk: form.minRisk }),
  },
  dueAt: `${form.due}T23:59:59Z`,
});

/** Setting up a certification: what it covers, who decides, until when. Then its draft shows the load, before anybody is asked. */
export const CampaignNewPage = () => {
  const navigate = useNavigate();
  const [form, setForm] = useState<Form>({
    ...usualCampaign,
    due: inDays(14),
    department: '',
    text: '',
    minRisk: '',
  });
  const change = (part: Partial<CampaignForm>): void => setForm({ ...form, ...part });
  const draft = useAct({
    run: () => draftCampaign(draftOf(form)),
    stales: ['campaigns'],
    quiet: true,
    after: (campaign) => void navigate({ to: '/campaigns/$id', params: { id: campaign.id } }),
  });
  const wrong = fieldErrors(draft.error);
  return (
    <Page
      title="New certification"
      crumbs={<Link to="/campaigns">Certifications</Link>}
      lead="Nobody is asked before you launch."
    >
      <form
        className="card stack"
        style={{ maxWidth: '30rem' }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          draft.mutate(undefined);
        }}
      >
        <WhatFields of={form} wrong={wrong} placeholder="Privileged access, fourth quarter" onChange={change} />
        <TextInput
          label="Department"
          description="Empty: all"
          value={form.department}
          onChange={(event) => setForm({ ...form, department: event.currentTarget.value })}
        />
        <TextInput
          label="Name of the access has"
          description="Empty: all"
          value={form.text}
          onChange={(event) => setForm({ ...form, text: event.currentTarget.value })}
        />
        <NativeSelect
          label="Risk"
          value={form.minRisk}
          onChange={(event) => setForm({ ...form, minRisk: event.currentTarget.value as Form['minRisk'] })}
          data={[
            { value: '', label: 'Any' },
            { value: 'medium', label: 'Medium and up' },
            { value: 'high', label: 'High and up' },
            { value: 'critical', label: 'Critical' },
          ]}
        />
        <HowFields of={form} wrong={wrong} onChange={change} />
        <TextInput
          type="date"
          label="Due"
          required
          withAsterisk={false}
          min={inDays(1)}
          error={wrong['dueAt']}
          value={form.due}
          onChange={(event) => setForm({ ...form, due: event.currentTarget.value })}
        />
        <Problem error={draft.error} />
        <Button type="submit" size="sm" loading={draft.isPending}>
          Draft it and show the load
        </Button>
      </form>
    </Page>
  );
};
