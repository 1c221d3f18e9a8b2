import { Button, Checkbox, Group, Modal, NativeSelect, NumberInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import type { CheckoutTerms } from '../../api/shapes/vault.ts';
import { setTerms } from '../../api/vault.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { DurationSelect } from '../requests/duration-select.tsx';

/** The terms where nobody set any: what a new form starts from. */
export const houseTerms: CheckoutTerms = {
  path: null,
  shared: false,
  secondPerson: false,
  reasonRequired: true,
  ticketRequired: false,
  longestSeconds: 3_600,
  extensions: 0,
  showing: 'reveal',
  rotateAfter: true,
  changedBy: null,
  changedAt: null,
};

const switches = [
  ['secondPerson', 'A second person agrees to each checkout'],
  ['reasonRequired', 'A reason is wanted'],
  ['ticketRequired', 'A ticket is wanted'],
  ['shared', 'Out to several people at a time'],
  ['rotateAfter', 'Changed on the target once it is back'],
] as const;

const Form = ({ terms, onClose }: { readonly terms: CheckoutTerms; readonly onClose: () => void }) => {
  const [form, setForm] = useState({ ...terms, path: terms.path ?? '' });
  const save = useAct({
    run: () => {
      const { changedAt: _at, changedBy: _by, ...said } = form;
      return setTerms({ ...said, path: said.path.trim() });
    },
    stales: ['checkout-terms', 'secrets'],
    quiet: true,
    done: () => `Terms of ${form.path.trim()} are set`,
    after: onClose,
  });
  const wrong = fieldErrors(save.error);
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save.mutate(undefined);
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Secret, or path it lies below"
          placeholder="team/app"
          required
          withAsterisk={false}
          data-autofocus
          readOnly={terms.path !== null}
          error={wrong['path']}
          value={form.path}
          onChange={(event) => setForm({ ...form, path: event.currentTarget.value })}
        />
        <NativeSelect
          label="The value"
          value={form.showing}
          onChange={(event) => setForm({ ...form, showing: event.currentTarget.value as CheckoutTerms['showing'] })}
          data={[
            { value: 'reveal', label: 'is shown while it is out' },
            { value: 'copy_once', label: 'is copied once, and not shown again' },
            { value: 'inject_only', label: 'is never given: sessions and connectors use it' },
          ]}
        />
        {switches.map(([name, label]) => (
          <Checkbox
            key={name}
            label={label}
            checked={form[name]}
            onChange={(event) => setForm({ ...form, [name]: event.currentTarget.checked })}
          />
        ))}
        <DurationSelect
          label="Longest"
          value={form.longestSeconds}
          maxSeconds={86_400}
          onChange={(seconds) => setForm({ ...form, longestSeconds: seconds ?? 3_600 })}
        />
        <NumberInput
          label="How often it may be kept longer"
          min={0}
          max={20}
          error={wrong['extensions']}
          value={form.extensions}
          onChange={(value) => setForm({ ...form, extensions: Number(value) || 0 })}
        />
        <Problem error={save.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={form.path.trim() === ''} loading={save.isPending}>
            Set terms
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** Sets terms. They are replaced and never taken away. */
export const TermsDialog = ({
  terms,
  onClose,
}: {
  readonly terms: CheckoutTerms | undefined;
  readonly onClose: () => void;
}) => (
  <Modal
    opened={terms !== undefined}
    onClose={onClose}
    title={terms?.path == null ? 'Set terms' : `Terms of ${terms.path}`}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    {terms === undefined ? null : <Form terms={terms} onClose={onClose} />}
  </Modal>
);
