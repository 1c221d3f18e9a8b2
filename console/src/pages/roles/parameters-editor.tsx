import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { setParameters, type RoleParameter } from '../../api/role-parameters.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

interface Edited {
  readonly name: string;
  /** Separated by commas; empty: any text. */
  readonly values: string;
}

/** Says what has to be said to have a role. */
export const ParametersEditor = ({
  roleId,
  parameters,
}: {
  readonly roleId: string;
  readonly parameters: readonly RoleParameter[];
}) => {
  const [edited, setEdited] = useState<readonly Edited[]>();
  const save = useAct({
    run: (rows: readonly Edited[]) =>
      setParameters(
        roleId,
        rows.map(({ name, values }) => {
          const listed = values
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== '');
          return { name: name.trim(), ...(listed.length === 0 ? {} : { allowedValues: listed }) };
        }),
      ),
    stales: ['roles'],
    quiet: true,
    done: () => 'Saved',
    after: () => setEdited(undefined),
  });
  if (edited === undefined)
    return (
      <Group>
        <Button
          size="xs"
          variant="default"
          onClick={() =>
            setEdited(
              parameters.length === 0
                ? [{ name: '', values: '' }]
                : parameters.map((one) => ({ name: one.name, values: one.allowedValues?.join(', ') ?? '' })),
            )
          }
        >
          {parameters.length === 0 ? 'Give it parameters' : 'Change parameters'}
        </Button>
      </Group>
    );
  const change = (at: number, more: Partial<Edited>): void =>
    setEdited(edited.map((one, n) => (n === at ? { ...one, ...more } : one)));
  return (
    <div className="stack">
      {edited.map((one, n) => (
        <Group key={n} align="end" gap="xs">
          <TextInput
            size="xs"
            label="Parameter"
            placeholder="site"
            value={one.name}
            onChange={(event) => change(n, { name: event.currentTarget.value })}
          />
          <TextInput
            size="xs"
            label="Its values, with commas between"
            placeholder="Empty: any text"
            value={one.values}
            onChange={(event) => change(n, { values: event.currentTarget.value })}
          />
          <Button
            size="xs"
            variant="default"
            aria-label={`Drop parameter ${one.name}`}
            onClick={() => setEdited(edited.filter((_, at) => at !== n))}
          >
            Drop
          </Button>
        </Group>
      ))}
      {save.error === null ? null : <Problem error={save.error} />}
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => setEdited([...edited, { name: '', values: '' }])}>
          Another parameter
        </Button>
        <Button size="xs" loading={save.isPending} onClick={() => save.mutate(edited)}>
          Save parameters
        </Button>
        <Button size="xs" variant="default" onClick={() => setEdited(undefined)}>
          Leave as it is
        </Button>
      </Group>
    </div>
  );
};
