import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useRows } from '../../api/pages.ts';
import type { RoleParameters } from '../../api/role-parameters.ts';
import { systemList } from '../../api/systems.ts';

/** A pattern of a draft, as it is edited. */
export type EditedPattern = Pick<RoleParameters['patterns'][number], 'systemId' | 'systemName' | 'pattern'> & {
  readonly validFrom?: string | null;
  readonly validTo?: string | null;
};

interface PatternsEditorProps {
  readonly of: RoleParameters;
  readonly patterns: readonly EditedPattern[];
  readonly onChange: (patterns: readonly EditedPattern[]) => void;
}

/** Says which entitlements a role with parameters gives for their values. */
export const PatternsEditor = ({ of, patterns, onChange }: PatternsEditorProps) => {
  const systems = useRows(systemList());
  const [systemId, setSystemId] = useState('');
  const [pattern, setPattern] = useState('');
  const system = systems.rows.find(({ id }) => id === systemId);
  return (
    <div className="stack">
      <ul className="plain" aria-label="What it gives by its parameters">
        {patterns.map((one) => (
          <li key={`${one.systemId} ${one.pattern}`} className="spread">
            <span>
              <span className="mono">{one.pattern}</span> on {one.systemName}
            </span>
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Drop ${one.pattern}`}
              onClick={() => onChange(patterns.filter((other) => other !== one))}
            >
              Drop
            </Button>
          </li>
        ))}
      </ul>
      <Group align="end" gap="xs">
        <NativeSelect
          label="On system"
          value={systemId}
          onChange={(event) => setSystemId(event.currentTarget.value)}
          data={[{ value: '', label: 'Choose…' }, ...systems.rows.map(({ id, name }) => ({ value: id, label: name }))]}
        />
        <TextInput
          label="An entitlement by its parameters"
          description={`Its native id or name, with ${of.parameters.map(({ name }) => `{${name}}`).join(' and ')} for the values`}
          placeholder={`app-{${of.parameters[0]?.name ?? 'site'}}-admins`}
          value={pattern}
          onChange={(event) => setPattern(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={system === undefined || pattern.trim() === ''}
          onClick={() => {
            if (system === undefined) return;
            onChange([...patterns, { systemId: system.id, systemName: system.name, pattern: pattern.trim() }]);
            setPattern('');
          }}
        >
          Add pattern
        </Button>
      </Group>
    </div>
  );
};
