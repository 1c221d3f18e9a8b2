import { Button, NativeSelect, NumberInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { setPolicy } from '../../api/rotations.ts';
import { systemList } from '../../api/systems.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';

const numberOf = (value: number | string): number | null => (value === '' ? null : Number(value));

/** Sets the policy of the house or of a system; what is left out here (rules, window, accounts) the command line says. */
export const SetPolicy = () => {
  const systems = useRows(systemList());
  const [form, setForm] = useState({
    systemId: '',
    maxAgeDays: null as number | null,
    maxUses: null as number | null,
    checkEveryHours: 24,
    onDrift: 'repair' as 'repair' | 'report',
  });
  const act = useAct({
    run: () => {
      const { systemId, ...rest } = form;
      return setPolicy(systemId === '' ? rest : { ...rest, systemId });
    },
    stales: ['rotation-policies'],
    quiet: true,
    done: () => 'The policy holds from now on',
  });
  const wrong = fieldErrors(act.error);
  const set = (change: Partial<typeof form>): void => setForm({ ...form, ...change });
  return (
    <Section title="Set a policy">
      <form
        className="card stack"
        style={{ maxWidth: '34rem' }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          act.mutate(undefined);
        }}
      >
        <NativeSelect
          label="Of"
          description="A policy that is there already is replaced whole. Of single accounts: reeve rotate policy"
          data={[
            { value: '', label: 'The house' },
            ...systems.rows.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={form.systemId}
          error={wrong['systemId']}
          onChange={(event) => set({ systemId: event.currentTarget.value })}
        />
        <NumberInput
          label="Rotate after so many days"
          description="Empty: never by age"
          min={1}
          max={3650}
          value={form.maxAgeDays ?? ''}
          error={wrong['maxAgeDays']}
          onChange={(value) => set({ maxAgeDays: numberOf(value) })}
        />
        <NumberInput
          label="Rotate after so many sessions"
          description="Empty: never by use"
          min={1}
          max={100_000}
          value={form.maxUses ?? ''}
          error={wrong['maxUses']}
          onChange={(value) => set({ maxUses: numberOf(value) })}
        />
        <NumberInput
          label="Try each every so many hours"
          min={1}
          max={720}
          value={form.checkEveryHours}
          error={wrong['checkEveryHours']}
          onChange={(value) => set({ checkEveryHours: Number(value) })}
        />
        <NativeSelect
          label="What was changed behind Reeve is"
          data={[
            { value: 'repair', label: 'repaired' },
            { value: 'report', label: 'only reported' },
          ]}
          value={form.onDrift}
          onChange={(event) => set({ onDrift: event.currentTarget.value === 'report' ? 'report' : 'repair' })}
        />
        <Problem error={Object.keys(wrong).length === 0 ? act.error : null} />
        <Button type="submit" size="sm" loading={act.isPending}>
          Set policy
        </Button>
      </form>
    </Section>
  );
};
