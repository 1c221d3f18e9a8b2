import { Button, NativeSelect, TextInput, Textarea } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { createSodRule, type SodRuleDraft } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { SidePicker, type Side } from './side-picker.tsx';

const emptySide: Side = { name: '', entitlements: [] };

/** A rule: two functions no one person may hold together, each with the access that gives it. */
export const RuleNewPage = () => {
  const navigate = useNavigate();
  const [form, setForm] = useState({ name: '', description: '', severity: 'high', mode: 'warn' });
  const [left, setLeft] = useState(emptySide);
  const [right, setRight] = useState(emptySide);
  const body: SodRuleDraft = {
    name: form.name.trim(),
    severity: form.severity as SodRuleDraft['severity'],
    mode: form.mode as NonNullable<SodRuleDraft['mode']>,
    functions: [left, right].map((side) => ({
      name: side.name.trim(),
      entitlementIds: side.entitlements.map(({ id }) => id),
    })),
    ...(form.description.trim() === '' ? {} : { description: form.description.trim() }),
  };
  const make = useAct({
    run: () => createSodRule(body),
    stales: ['sod'],
    quiet: true,
    done: (rule) => `${rule.name} is in force`,
    after: (rule) => void navigate({ to: '/sod', search: { open: rule.id } }),
  });
  const wrong = fieldErrors(make.error);
  const ready = [left, right].every((side) => side.name.trim() !== '' && side.entitlements.length > 0);
  return (
    <Page
      title="New rule"
      crumbs={<Link to="/sod">Separation of duties</Link>}
      lead="Two functions no one person may hold together."
    >
      <form
        className="stack"
        style={{ maxWidth: '60rem' }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          make.mutate(undefined);
        }}
      >
        <TextInput
          label="Name"
          placeholder="Create and pay a vendor"
          required
          withAsterisk={false}
          error={wrong['name']}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <Textarea
          label="Why"
          description="Optional"
          autosize
          minRows={2}
          value={form.description}
          onChange={(event) => setForm({ ...form, description: event.currentTarget.value })}
        />
        <div className="columns">
          <SidePicker label="One function" side={left} onChange={setLeft} />
          <SidePicker label="The other" side={right} onChange={setRight} />
        </div>
        <div className="columns">
          <NativeSelect
            label="Severity"
            value={form.severity}
            onChange={(event) => setForm({ ...form, severity: event.currentTarget.value })}
            data={['low', 'medium', 'high', 'critical']}
          />
          <NativeSelect
            label="When somebody is about to break it"
            value={form.mode}
            onChange={(event) => setForm({ ...form, mode: event.currentTarget.value })}
            data={[
              { value: 'record', label: 'Only record it' },
              { value: 'warn', label: 'Warn' },
              { value: 'enforce', label: 'Refuse it' },
            ]}
          />
        </div>
        <Problem error={make.error} />
        <div>
          <Button type="submit" size="sm" disabled={!ready} loading={make.isPending}>
            Put it in force
          </Button>
        </div>
      </form>
    </Page>
  );
};
