import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { launchCampaign, previewCampaign } from '../../api/campaigns.ts';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { systemList } from '../../api/people.ts';
import type { CampaignInput } from '../../api/shapes/campaigns.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import s from './campaigns.module.css';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Setting up a certification: what it covers, who decides, until when; the load is shown before anybody is asked. */
export const CampaignNewPage = () => {
  const navigate = useNavigate();
  const systems = useRows(systemList());
  const [form, setForm] = useState({
    name: '',
    due: inDays(14),
    systemId: '',
    privilegedOnly: true,
    reviewer: 'manager',
  });
  const input: CampaignInput = {
    name: form.name.trim(),
    dueAt: `${form.due}T23:59:59Z`,
    scope: { privilegedOnly: form.privilegedOnly, ...(form.systemId === '' ? {} : { systemId: form.systemId }) },
    reviewer: form.reviewer === 'owner' ? 'owner' : 'manager',
  };
  const preview = useMutation({ mutationFn: previewCampaign });
  const launch = useAct({
    run: launchCampaign,
    stales: ['campaigns'],
    quiet: true,
    done: (campaign) => `Launched: ${String(campaign.items)} items`,
    after: (campaign) => void navigate({ to: '/campaigns/$id', params: { id: campaign.id } }),
  });
  const change = (next: Partial<typeof form>): void => {
    setForm({ ...form, ...next });
    preview.reset();
  };
  const wrong = fieldErrors(launch.error ?? preview.error);
  const load = preview.data;
  return (
    <Page
      title="New certification"
      crumbs={<Link to="/campaigns">Certifications</Link>}
      lead="Nobody is asked before you launch."
    >
      <div className="columns">
        <form
          className="card stack"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            if (load === undefined) preview.mutate(input);
            else launch.mutate(input);
          }}
        >
          <TextInput
            label="Name"
            required
            withAsterisk={false}
            error={wrong['name']}
            placeholder="Privileged access, fourth quarter"
            value={form.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <NativeSelect
            label="Systems"
            value={form.systemId}
            onChange={(event) => change({ systemId: event.currentTarget.value })}
            data={[
              { value: '', label: 'All systems' },
              ...systems.rows.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
          <Checkbox
            label="Privileged access only"
            checked={form.privilegedOnly}
            onChange={(event) => change({ privilegedOnly: event.currentTarget.checked })}
          />
          <NativeSelect
            label="Who decides"
            value={form.reviewer}
            onChange={(event) => change({ reviewer: event.currentTarget.value })}
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
            onChange={(event) => change({ due: event.currentTarget.value })}
          />
          <Problem error={launch.error ?? preview.error} />
          <Button type="submit" size="sm" loading={preview.isPending || launch.isPending} disabled={load?.items === 0}>
            {load === undefined
              ? 'Show what it would ask'
              : `Launch: ask ${String(load.reviewers.length)} reviewers about ${String(load.items)} items`}
          </Button>
        </form>
        <section className="card" aria-live="polite">
          <h2>What it would ask</h2>
          {load === undefined ? (
            <p className="dim">The number of items and the load of each reviewer appear here.</p>
          ) : (
            <div className="stack">
              <p>
                {load.items === 0
                  ? 'Nothing fits this scope. Widen it.'
                  : `${String(load.items)} items of ${String(load.identities)} identities, ${String(load.privileged)} of them privileged.`}
                {load.unassigned === 0
                  ? ''
                  : ` ${String(load.unassigned)} have no such reviewer and go to the campaign’s owner.`}
              </p>
              <PlainTable
                label="Load of each reviewer"
                rows={load.reviewers}
                rowId={({ reviewer }) => reviewer.id}
                empty="Nobody would be asked."
                columns={[
                  { id: 'who', header: 'Reviewer', title: true, cell: ({ reviewer }) => reviewer.name },
                  { id: 'items', header: 'Items', right: true, cell: ({ items }) => items },
                  {
                    id: 'effort',
                    header: 'About',
                    right: true,
                    cell: ({ items }) => (
                      <span className={s['effort']}>{Math.max(1, Math.round((items * 8) / 60))} min</span>
                    ),
                  },
                ]}
              />
            </div>
          )}
        </section>
      </div>
    </Page>
  );
};
