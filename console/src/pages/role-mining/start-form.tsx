import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { startMining } from '../../api/role-mining.ts';
import { systemList } from '../../api/systems.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

/** Whom and what to look at for roles, and how exactly. */
export const StartForm = () => {
  const navigate = useNavigate();
  const systems = useRows(systemList());
  const [form, setForm] = useState({ systemId: '', department: '', tolerance: '0', fewestUsers: '2', seed: '1' });
  const start = useAct({
    run: () =>
      startMining({
        systemIds: form.systemId === '' ? [] : [form.systemId],
        ...(form.department.trim() === '' ? {} : { department: form.department.trim() }),
        tolerance: Number(form.tolerance),
        fewestUsers: Number(form.fewestUsers),
        seed: Number(form.seed),
      }),
    stales: ['role-mining'],
    quiet: true,
    after: ({ id }) => void navigate({ to: '/role-mining/$id', params: { id } }),
  });
  const wrong = fieldErrors(start.error);
  return (
    <form
      className="card stack"
      style={{ maxWidth: '30rem' }}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        start.mutate(undefined);
      }}
    >
      <NativeSelect
        label="System"
        value={form.systemId}
        onChange={(event) => setForm({ ...form, systemId: event.currentTarget.value })}
        data={[
          { value: '', label: 'All systems' },
          ...systems.rows.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <TextInput
        label="Department"
        description="Empty: everybody"
        error={wrong['department']}
        value={form.department}
        onChange={(event) => setForm({ ...form, department: event.currentTarget.value })}
      />
      <NativeSelect
        label="How exactly"
        value={form.tolerance}
        onChange={(event) => setForm({ ...form, tolerance: event.currentTarget.value })}
        data={[
          { value: '0', label: 'Exactly what everybody holds' },
          { value: '0.1', label: 'A tenth of a role may be off' },
          { value: '0.2', label: 'A fifth of a role may be off' },
          { value: '0.3', label: 'Three tenths of a role may be off' },
        ]}
      />
      <TextInput
        type="number"
        min={1}
        label="Fewest people of a role"
        error={wrong['fewestUsers']}
        value={form.fewestUsers}
        onChange={(event) => setForm({ ...form, fewestUsers: event.currentTarget.value })}
      />
      <TextInput
        type="number"
        min={0}
        label="Seed"
        description="The same seed finds the same"
        error={wrong['seed']}
        value={form.seed}
        onChange={(event) => setForm({ ...form, seed: event.currentTarget.value })}
      />
      <Problem error={start.error} />
      <Button type="submit" size="sm" loading={start.isPending}>
        Look for roles
      </Button>
    </form>
  );
};
