import { Button, NumberInput, TextInput, Textarea } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { defineEmergencyPath } from '../../api/emergency.ts';
import { fieldErrors } from '../../api/errors.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';

const listed = (text: string): string[] =>
  text
    .split(/[\s,;]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Defining a path to emergency access, for others. */
export const DefinePage = () => {
  const navigate = useNavigate();
  const [form, setForm] = useState({
    name: '',
    purpose: '',
    what: '',
    users: '',
    usersHold: '',
    reviewers: '',
    longestMinutes: 60,
    reviewWithinHours: 24,
  });
  const set = (change: Partial<typeof form>): void => setForm({ ...form, ...change });
  const act = useAct({
    run: () =>
      defineEmergencyPath({
        name: form.name.trim(),
        purpose: form.purpose.trim(),
        what: form.what.trim(),
        users: listed(form.users),
        ...(form.usersHold.trim() === '' ? {} : { usersHold: form.usersHold.trim() }),
        reviewers: listed(form.reviewers),
        longestMinutes: form.longestMinutes,
        reviewWithinHours: form.reviewWithinHours,
      }),
    stales: ['emergency'],
    quiet: true,
    done: (path) => `${path.name} is defined`,
    after: () => void navigate({ to: '/emergency' }),
  });
  const wrong = fieldErrors(act.error);
  return (
    <Page
      title="Define emergency access"
      crumbs={<Link to="/emergency">Emergency access</Link>}
      lead="For others, never for yourself. It cannot be changed later: close it and define another."
    >
      <form
        className="card stack"
        style={{ maxWidth: '34rem' }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          act.mutate(undefined);
        }}
      >
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          value={form.name}
          error={wrong['name']}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Textarea
          label="When it is meant to be used"
          required
          withAsterisk={false}
          autosize
          value={form.purpose}
          error={wrong['purpose']}
          onChange={(event) => set({ purpose: event.currentTarget.value })}
        />
        <TextInput
          label="What it gives"
          description="system:entitlement or role:name, on systems behind the SSH gateway"
          required
          withAsterisk={false}
          value={form.what}
          error={wrong['what']}
          onChange={(event) => set({ what: event.currentTarget.value })}
        />
        <TextInput
          label="Who may use it"
          description="Usernames or mail addresses, with commas"
          value={form.users}
          error={wrong['users']}
          onChange={(event) => set({ users: event.currentTarget.value })}
        />
        <TextInput
          label="And whoever holds"
          description="An entitlement or role, such as being on call"
          value={form.usersHold}
          error={wrong['usersHold']}
          onChange={(event) => set({ usersHold: event.currentTarget.value })}
        />
        <TextInput
          label="Who reviews each use"
          description="People who may watch recordings. Security officers may review every use."
          required
          withAsterisk={false}
          value={form.reviewers}
          error={wrong['reviewers']}
          onChange={(event) => set({ reviewers: event.currentTarget.value })}
        />
        <NumberInput
          label="Longest time, in minutes"
          min={1}
          max={1440}
          value={form.longestMinutes}
          error={wrong['longestMinutes']}
          onChange={(value) => set({ longestMinutes: Number(value) })}
        />
        <NumberInput
          label="To be reviewed within, in hours"
          description="After that the access ends and the path is locked."
          min={1}
          max={720}
          value={form.reviewWithinHours}
          error={wrong['reviewWithinHours']}
          onChange={(value) => set({ reviewWithinHours: Number(value) })}
        />
        <Problem error={Object.keys(wrong).length === 0 ? act.error : null} />
        <Button type="submit" size="sm" loading={act.isPending}>
          Define
        </Button>
      </form>
    </Page>
  );
};
