import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { draftCampaign, type CampaignDraft } from '../../api/campaigns.ts';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { systemList } from '../../api/systems.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { kinds, withoutCanaries } from './campaign-words.ts';
import { ReviewFields, usualReview, type Settings } from './review-settings.tsx';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

interface Form {
  readonly name: string;
  readonly due: string;
  readonly kind: NonNullable<CampaignDraft['kind']>;
  readonly systemId: string;
  readonly department: string;
  readonly text: string;
  readonly minRisk: '' | 'medium' | 'high' | 'critical';
  readonly reviewer: '' | 'manager' | 'owner';
  readonly delta: boolean;
  readonly noResponse: 'report' | 'revoke';
  readonly review: Settings;
}

const draftOf = (form: Form): CampaignDraft => ({
  name: form.name.trim(),
  kind: form.kind,
  scope: {
    ...(form.systemId === '' ? {} : { systemId: form.systemId }),
    ...(form.department.trim() === '' ? {} : { department: form.department.trim() }),
    ...(form.text.trim() === '' ? {} : { text: form.text.trim() }),
    ...(form.minRisk === '' ? {} : { minRisk: form.minRisk }),
  },
  ...(form.reviewer === '' ? {} : { reviewerRule: form.reviewer }),
  delta: form.delta,
  noResponse: form.noResponse,
  review: withoutCanaries.has(form.kind) ? { ...form.review, canaries: 0 } : form.review,
  dueAt: `${form.due}T23:59:59Z`,
});

/** Setting up a certification: what it covers, who decides, until when. Then its draft shows the load, before anybody is asked. */
export const CampaignNewPage = () => {
  const navigate = useNavigate();
  const systems = useRows(systemList());
  const [form, setForm] = useState<Form>({
    name: '',
    due: inDays(14),
    kind: 'privileged',
    systemId: '',
    department: '',
    text: '',
    minRisk: '',
    reviewer: '',
    delta: false,
    noResponse: 'report',
    review: usualReview,
  });
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
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          error={wrong['name']}
          placeholder="Privileged access, fourth quarter"
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
          error={wrong['scope.systemId'] ?? wrong['scope/systemId']}
          value={form.systemId}
          onChange={(event) => setForm({ ...form, systemId: event.currentTarget.value })}
          data={[
            { value: '', label: form.kind === 'system' ? 'Choose one' : 'All systems' },
            ...systems.rows.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
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
