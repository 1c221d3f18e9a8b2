import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import type { SodConflict } from '../../api/shapes/sod.ts';
import { grantSodException, sodRuleQuery } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

interface ExceptionDialogProps {
  readonly identityId: string;
  readonly conflict: Pick<SodConflict, 'rule' | 'ruleId'> | undefined;
  readonly onClose: () => void;
}

/** Living with a conflict for a while: why, what makes up for it, and until when. */
export const ExceptionDialog = ({ identityId, conflict, onClose }: ExceptionDialogProps) => {
  const [form, setForm] = useState({ reason: '', control: '', controlId: '', until: inDays(30) });
  const rule = useQuery({ ...sodRuleQuery(conflict?.ruleId ?? ''), enabled: conflict !== undefined });
  const controls = rule.data?.controls ?? [];
  const grant = useAct({
    run: (ruleId: string) =>
      grantSodException(ruleId, {
        identity: identityId,
        reason: form.reason.trim(),
        ...(form.controlId === '' ? { control: form.control.trim() } : { controlId: form.controlId }),
        validTo: `${form.until}T00:00:00Z`,
      }),
    stales: ['sod'],
    quiet: true,
    done: () => 'Tolerated until its date',
    after: onClose,
  });
  const wrong = fieldErrors(grant.error);
  return (
    <Modal
      opened={conflict !== undefined}
      onClose={onClose}
      title={`Tolerate “${conflict?.rule ?? ''}”`}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (conflict !== undefined) grant.mutate(conflict.ruleId);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">The conflict stays on record; it is not refused until the date below.</Text>
          <Textarea
            label="Why it cannot be avoided"
            required
            withAsterisk={false}
            autosize
            minRows={2}
            data-autofocus
            error={wrong['reason']}
            value={form.reason}
            onChange={(event) => setForm({ ...form, reason: event.currentTarget.value })}
          />
          {controls.length === 0 ? null : (
            <NativeSelect
              label="Control of the rule"
              value={form.controlId}
              onChange={(event) => setForm({ ...form, controlId: event.currentTarget.value })}
              data={[
                { value: '', label: 'Another, in words' },
                ...controls.map((control) => ({
                  value: control.id,
                  label: `${control.name}, every ${control.everyDays} days`,
                })),
              ]}
            />
          )}
          <Textarea
            disabled={form.controlId !== ''}
            label="What makes up for it"
            description="For instance: another person reads every payment afterwards."
            required={form.controlId === ''}
            withAsterisk={false}
            autosize
            minRows={2}
            error={wrong['control']}
            value={form.control}
            onChange={(event) => setForm({ ...form, control: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label="Until"
            required
            withAsterisk={false}
            min={inDays(1)}
            error={wrong['validTo']}
            value={form.until}
            onChange={(event) => setForm({ ...form, until: event.currentTarget.value })}
          />
          <Problem error={grant.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={grant.isPending}>
              Tolerate it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
