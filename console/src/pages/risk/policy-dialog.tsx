import { Button, Modal, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { putRiskPolicy } from '../../api/risk.ts';
import type { RiskPolicy } from '../../api/shapes/risk.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

type Policy = RiskPolicy['policy'];
type Numbers = Exclude<keyof Policy, 'jumpTo'>;

const FIELDS: readonly (readonly [Numbers, string, number])[] = [
  ['mediumFrom', 'Medium from', 100],
  ['highFrom', 'High from', 100],
  ['criticalFrom', 'Critical from', 100],
  ['jumpPoints', 'A jump is so many points', 100],
  ['jumpDays', 'within so many days', 365],
  ['dormantDays', 'Dormant after days without use', 3650],
  ['windowDays', 'What happened counts for days', 3650],
];

/** From which score on somebody is of which level, and what is a jump. */
export const PolicyDialog = ({ of, onClose }: { readonly of: RiskPolicy; readonly onClose: () => void }) => {
  const [policy, setPolicy] = useState<Policy>(of.policy);
  const [reason, setReason] = useState('');
  const { mediumFrom, highFrom, criticalFrom } = policy;
  const wrong: Partial<Record<Numbers, string>> = {
    ...(highFrom <= mediumFrom ? { highFrom: `must be above ${String(mediumFrom)}` } : {}),
    ...(criticalFrom <= highFrom ? { criticalFrom: `must be above ${String(highFrom)}` } : {}),
  };
  const put = useAct({
    run: () => putRiskPolicy({ policy, reason: reason.trim() }),
    stales: ['risk'],
    quiet: true,
    done: () => 'Everybody is judged anew by it',
    after: onClose,
  });
  return (
    <Modal opened onClose={onClose} title="Levels and jumps" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          put.mutate(undefined);
        }}
      >
        <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(13rem, 1fr))', gap: 12 }}>
          {FIELDS.map(([field, label, most]) => (
            <NumberInput
              key={field}
              label={label}
              min={1}
              max={most}
              allowDecimal={false}
              clampBehavior="strict"
              value={policy[field]}
              error={wrong[field]}
              onChange={(value) => {
                if (value !== '') setPolicy({ ...policy, [field]: Number(value) });
              }}
            />
          ))}
          <NativeSelect
            label="or coming to at least"
            value={policy.jumpTo}
            onChange={(event) => setPolicy({ ...policy, jumpTo: event.currentTarget.value as Policy['jumpTo'] })}
            data={['medium', 'high', 'critical']}
          />
        </div>
        <TextInput
          label="Because"
          required
          withAsterisk={false}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Problem error={put.error} />
        <Button type="submit" loading={put.isPending} disabled={Object.keys(wrong).length > 0}>
          Put in force
        </Button>
      </form>
    </Modal>
  );
};
