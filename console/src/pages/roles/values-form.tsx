import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { RoleParameter } from '../../api/role-parameters.ts';

interface ValuesFormProps {
  /** Of which role. */
  readonly name: string;
  readonly parameters: readonly RoleParameter[];
  /** What the button says. */
  readonly action: string;
  readonly busy?: boolean;
  readonly onSay: (values: Readonly<Record<string, string>>) => void;
}

/** A value for each parameter of a role. */
export const ValuesForm = ({ name, parameters, action, busy = false, onSay }: ValuesFormProps) => {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const complete = parameters.every((one) => (values[one.name] ?? '').trim() !== '');
  const say = (which: string, value: string): void => setValues({ ...values, [which]: value });
  return (
    <Group align="end" gap="xs">
      {parameters.map((one) =>
        one.allowedValues === null ? (
          <TextInput
            key={one.name}
            size="xs"
            label={one.name}
            aria-label={`${one.name} of ${name}`}
            value={values[one.name] ?? ''}
            onChange={(event) => say(one.name, event.currentTarget.value)}
          />
        ) : (
          <NativeSelect
            key={one.name}
            size="xs"
            label={one.name}
            aria-label={`${one.name} of ${name}`}
            value={values[one.name] ?? ''}
            onChange={(event) => say(one.name, event.currentTarget.value)}
            data={[{ value: '', label: 'Choose…' }, ...one.allowedValues]}
          />
        ),
      )}
      <Button
        size="xs"
        variant="default"
        disabled={!complete}
        loading={busy}
        aria-label={`${action} ${name} with these values`}
        onClick={() => onSay(Object.fromEntries(parameters.map((p) => [p.name, (values[p.name] ?? '').trim()])))}
      >
        {action}
      </Button>
    </Group>
  );
};
