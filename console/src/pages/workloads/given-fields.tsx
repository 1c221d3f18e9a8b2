import { NumberInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useRows } from '../../api/pages.ts';
import { identityList } from '../../api/people.ts';
import type { Given } from '../../api/workloads.ts';

/** What somebody may do on this page. */
export interface May {
  readonly trust: boolean;
  readonly bind: boolean;
}
/** A binding as it is typed: scopes with commas between them. */
export interface GivenForm {
  readonly identityId: string;
  readonly scopes: string;
  readonly seconds: number;
}
export const blankGiven: GivenForm = { identityId: '', scopes: 'secret_folder.fetch', seconds: 900 };

export const givenOf = (form: GivenForm): Given => ({
  identityId: form.identityId,
  seconds: form.seconds,
  scopes: form.scopes
    .split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== ''),
});

/** Which program a binding is for, and what it gives. */
export const GivenFields = ({
  form,
  wrong,
  onChange,
}: {
  readonly form: GivenForm;
  readonly wrong: Readonly<Record<string, string | undefined>>;
  readonly onChange: (form: GivenForm) => void;
}) => {
  const [search, setSearch] = useState('');
  const list = useRows(identityList({ search: search === '' ? undefined : search }));
  const programs = list.rows.filter(({ kind }) => kind !== 'person');
  return (
    <>
      <Select
        label="Program"
        description="A service, workload or agent; it has access like anybody, the binding gives none"
        searchable
        required
        withAsterisk={false}
        onSearchChange={setSearch}
        error={wrong['identityId']}
        data={programs.map(({ id, displayName }) => ({ value: id, label: displayName }))}
        value={form.identityId === '' ? null : form.identityId}
        onChange={(identityId) => onChange({ ...form, identityId: identityId ?? '' })}
      />
      <TextInput
        label="Scopes of its token"
        description="With commas between them"
        required
        withAsterisk={false}
        error={wrong['scopes']}
        value={form.scopes}
        onChange={(event) => onChange({ ...form, scopes: event.currentTarget.value })}
      />
      <NumberInput
        label="Seconds it lives"
        min={60}
        max={3600}
        error={wrong['seconds']}
        value={form.seconds}
        onChange={(value) => onChange({ ...form, seconds: Number(value) || 900 })}
      />
    </>
  );
};
