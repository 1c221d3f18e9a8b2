import { Group, TextInput } from '@mantine/core';
import type { Draft, FieldErrors } from './entry-draft.ts';

interface LicenceFieldsProps {
  readonly draft: Draft;
  readonly errors: FieldErrors;
  readonly set: (part: Partial<Draft>) => void;
}

/** The licence that whoever has it needs. A cost is of a product: without one there is nothing to say of it. */
export const LicenceFields = ({ draft, errors, set }: LicenceFieldsProps) => {
  const none = draft.licence.trim() === '';
  return (
    <Group grow align="start">
      <TextInput
        label="Needs a licence of"
        description="The product; empty: of none"
        value={draft.licence}
        error={errors['licence']}
        onChange={(event) => set({ licence: event.currentTarget.value })}
      />
      <TextInput
        label="Cost a month"
        description="Of one licence"
        inputMode="decimal"
        disabled={none}
        value={draft.licenceCost}
        error={errors['licenceCost']}
        onChange={(event) => set({ licenceCost: event.currentTarget.value })}
      />
      <TextInput
        label="Currency"
        description="For instance EUR"
        disabled={none}
        value={draft.licenceCurrency}
        error={errors['licenceCurrency']}
        onChange={(event) => set({ licenceCurrency: event.currentTarget.value })}
      />
    </Group>
  );
};
