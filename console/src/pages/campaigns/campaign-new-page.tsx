import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { draftCampaign } from '../../api/campaigns.ts';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { systemList } from '../../api/systems.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Setting up a certification: what it covers, who decides, until when. Then its draft shows the load, before anybody is asked. */
export const CampaignNewPage = () => {
  const navigate = useNavigate();
  const systems = useRows(systemList());
  const [form, setForm] = useState({ name: '', due: inDays(14), systemId: '', privileged: true, reviewer: 'manager' });
  const draft = useAct({
    run: () =>
      draftCampaign({
        name: form.name.trim(),
        kind:
          form.systemId === ''
            ? form.privileged
              ? 'privileged'
              : form.reviewer === 'owner'
                ? 'owner'
                : 'manager'
            : 'system',
        scope: {
          ...(form.privileged ? { privileged: true } : {}),
          ...(form.systemId === '' ? {} : { systemId: form.systemId }),
        },
        reviewerRule: form.reviewer === 'owner' ? 'owner' : 'manager',
        dueAt: `${form.due}T23:59:59Z`,
      }),
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
          label="Systems"
          value={form.systemId}
          onChange={(event) => setForm({ ...form, systemId: event.currentTarget.value })}
          data={[
            { value: '', label: 'All systems' },
            ...systems.rows.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <Checkbox
          label="Privileged access only"
          checked={form.privileged}
          onChange={(event) => setForm({ ...form, privileged: event.currentTarget.checked })}
        />
        <NativeSelect
          label="Who decides"
          value={form.reviewer}
          onChange={(event) => setForm({ ...form, reviewer: event.currentTarget.value })}
          data={[
            { value: 'manager', label: 'The manager of each person' },
            { value: 'owner', label: 'The owner of each access' },
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
