import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { appointDeputy, deputyList, endDeputy } from '../../api/approval-policy.ts';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Section } from '../../ui/page.tsx';
import { utc } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { stepName } from '../requests/request-words.ts';
import { anything, DeputyScopeFields } from './deputy-scope.tsx';
import { PlainForm } from '../../ui/plain-form.tsx';
import { AskButton } from '../../ui/feedback/ask-button.tsx';

const blank = { deputy: '', about: '', from: '', to: '', reason: '' };
const counted = (ids: readonly string[] | null, noun: string): string[] =>
  ids === null ? [] : [`${String(ids.length)} ${noun}${ids.length === 1 ? '' : 's'}`];

/** Who decides about requests and certifications in my name, and in whose name I do. */
export const Deputies = () => {
  const list = useRows(deputyList());
  const [form, setForm] = useState(blank);
  const [scope, setScope] = useState(anything);
  const appoint = useAct({
    run: () =>
      appointDeputy({
        deputy: form.deputy.trim(),
        ...(form.about === 'requests' || form.about === 'certifications' ? { about: [form.about] } : {}),
        ...(form.from === '' ? {} : { startsAt: new Date(`${form.from}T00:00`).toISOString() }),
        endsAt: new Date(`${form.to}T23:59:59`).toISOString(),
        reason: form.reason.trim(),
        ...(scope.stepKinds.length === 0 ? {} : { stepKinds: [...scope.stepKinds] }),
        ...(scope.systemIds.length === 0 ? {} : { systemIds: [...scope.systemIds] }),
      }),
    stales: ['deputies', 'approvals', 'campaigns'],
    done: (row) => `${row.deputy.name} decides in your name until ${utc(row.endsAt)}`,
    after: () => {
      setForm(blank);
      setScope(anything);
    },
  });
  const end = useAct({ run: endDeputy, stales: ['deputies', 'approvals', 'campaigns'], done: () => 'Ended' });
  const wrong = fieldErrors(appoint.error);
  const field = (name: keyof typeof blank) => ({
    value: form[name],
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [name]: event.currentTarget.value }),
  });
  return (
    <Section title="Deputies">
      <p className="dim">
        A deputy decides in your name for a time about requests and what you have to certify, also what waits already;
        both names are on the record. Nobody decides about what they asked for or benefit from, and a deputy of your
        deputy decides nothing.
      </p>
      <PlainTable
        label="Deputies"
        rows={list.rows}
        rowId={({ id }) => id}
        empty="Nobody stands in for you, and you stand in for nobody."
        columns={[
          { id: 'deputy', header: 'Deputy', title: true, cell: (row) => row.deputy.name },
          { id: 'of', header: 'In the name of', cell: (row) => row.of.name },
          { id: 'from', header: 'From', cell: (row) => utc(row.startsAt) },
          { id: 'to', header: 'Until', cell: (row) => utc(row.endsAt) },
          {
            id: 'scope',
            header: 'About',
            cell: (row) =>
              [
                ...(row.about ?? []),
                ...(row.stepKinds ?? []).map((kind) => `as ${stepName({ kind }).toLowerCase()}`),
                ...counted(row.systemIds, 'system'),
                ...counted(row.targetIds, 'entitlement'),
              ].join(', ') || 'everything',
          },
          { id: 'reason', header: 'Why', cell: (row) => row.reason },
          {
            id: 'end',
            header: 'Actions',
            cell: (row) => (
              <AskButton
                label="End"
                of={`${row.deputy.name} as deputy of ${row.of.name}`}
                title={`End ${row.deputy.name} as deputy of ${row.of.name}?`}
                text="What was decided stands."
                onYes={() => end.mutate(row.id)}
              />
            ),
          },
        ]}
      />
      <PlainForm act={appoint} label="Appoint deputy" onSubmit={() => appoint.mutate(undefined)}>
        <TextInput
          label="Who decides in your name"
          description="Username or mail address"
          required
          withAsterisk={false}
          error={wrong['deputy']}
          {...field('deputy')}
        />
        <NativeSelect
          label="About"
          error={wrong['about']}
          data={[
            { value: '', label: 'Requests and certifications' },
            { value: 'requests', label: 'Requests' },
            { value: 'certifications', label: 'Certifications' },
          ]}
          {...field('about')}
        />
        <TextInput
          type="date"
          label="From"
          description="Empty: from now on"
          error={wrong['startsAt']}
          {...field('from')}
        />
        <TextInput
          type="date"
          label="Until the end of"
          required
          withAsterisk={false}
          error={wrong['endsAt']}
          {...field('to')}
        />
        <DeputyScopeFields scope={scope} onChange={setScope} />
        <TextInput label="Why" required withAsterisk={false} error={wrong['reason']} {...field('reason')} />
      </PlainForm>
    </Section>
  );
};
