import { TextInput, Textarea } from '@mantine/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { askForVendor } from '../../api/vendors.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Page } from '../../ui/page.tsx';
import { PlainForm } from '../../ui/plain-form.tsx';
import { HoursFields } from './hours-fields.tsx';
import { linesOf } from '../../ui/lines-of.ts';
import { ownTimeZone } from './vendor-words.ts';

const route = getRouteApi('/shell/vendors/new');
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Asking for somebody from outside: who, what they are to reach, until when and at which hours. */
export const InvitePage = () => {
  const { employer = '' } = route.useSearch();
  const navigate = useNavigate();
  const [form, setForm] = useState({
    name: '',
    email: '',
    employer,
    what: '',
    until: inDays(30),
    reason: '',
    ticket: '',
  });
  const [typed, setTyped] = useState({ hours: '', timeZone: ownTimeZone() });
  const hours = linesOf(typed.hours);
  const ask = useAct({
    run: () =>
      askForVendor({
        name: form.name.trim(),
        email: form.email.trim(),
        employer: form.employer.trim(),
        what: linesOf(form.what),
        until: `${form.until}T00:00:00Z`,
        reason: form.reason.trim(),
        ...(hours.length === 0 ? {} : { hours }),
        ...(hours.length === 0 || typed.timeZone.trim() === '' ? {} : { timeZone: typed.timeZone.trim() }),
        ...(form.ticket.trim() === '' ? {} : { ticket: form.ticket.trim() }),
      }),
    stales: ['vendors', 'requests', 'identities'],
    quiet: true,
    done: () => `${form.name.trim()} is asked for, and let in once somebody else has approved`,
    after: ({ request }) => void navigate({ to: '/requests/$id', params: { id: request.id } }),
  });
  const wrong = fieldErrors(ask.error);
  const text = (name: keyof typeof form, label: string, description?: string, type?: string) => (
    <TextInput
      label={label}
      description={description}
      type={type}
      required={name !== 'ticket'}
      withAsterisk={false}
      error={wrong[name]}
      value={form[name]}
      onChange={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
    />
  );
  return (
    <Page
      title="Invite somebody from outside"
      crumbs={<Link to="/vendors">Vendors</Link>}
      lead="You answer for them. They are let in once somebody else has approved, and out again at the end."
    >
      <PlainForm act={ask} label="Ask for it" width="34rem" onSubmit={() => ask.mutate(undefined)}>
        {text('name', 'Name')}
        {text('email', 'Mail address', 'Who is here already is found by it', 'email')}
        {text('employer', 'Company they work for')}
        <Textarea
          label="What they are to reach"
          description="A line each: system:entitlement, such as web1:account, or role:name"
          required
          withAsterisk={false}
          autosize
          minRows={2}
          error={wrong['what'] ?? wrong['what/0'] ?? wrong['what.0']}
          value={form.what}
          onChange={(event) => setForm({ ...form, what: event.currentTarget.value })}
        />
        {text('until', 'Until', 'All of it ends then, with their sessions', 'date')}
        <HoursFields of={typed} wrong={wrong} onChange={setTyped} />
        <Textarea
          label="Why is it needed?"
          description="Approvers and auditors read this."
          required
          withAsterisk={false}
          autosize
          minRows={2}
          error={wrong['reason']}
          value={form.reason}
          onChange={(event) => setForm({ ...form, reason: event.currentTarget.value })}
        />
        {text('ticket', 'Ticket', 'Optional')}
      </PlainForm>
    </Page>
  );
};
