import { Button, Group, NativeSelect, NumberInput, TextInput, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useRows } from '../../api/pages.ts';
import { identityList } from '../../api/people.ts';
import { roleList, type Whom } from '../../api/roles.ts';
import { PlainTable } from '../../ui/table/plain-table.tsx';

/** Who has a role by rule and what it excludes, as it is edited. */
export interface EditedWhom {
  readonly personCondition: string;
  readonly graceDays: number;
  readonly exceptPeople: Whom['exceptPeople'];
  readonly excludes: Whom['excludes'];
}

/** What is in force, to begin with. */
export const toEditedWhom = ({ assignment, exceptPeople, excludes }: Whom): EditedWhom => ({
  personCondition: assignment?.personCondition ?? '',
  graceDays: assignment?.graceDays ?? 0,
  exceptPeople,
  excludes,
});

/** What a draft says of it. */
export const whomOfDraft = ({ personCondition, graceDays, exceptPeople, excludes }: EditedWhom) => ({
  assignment: personCondition.trim() === '' ? null : { personCondition: personCondition.trim(), graceDays },
  exceptPeople: exceptPeople.map(({ id }) => id),
  excludes: excludes.map(({ role, kind, severity, mode }) => ({ roleId: role.id, kind, severity, mode })),
});

interface WhomEditorProps {
  readonly roleId: string;
  readonly whom: EditedWhom;
  /** What has to be said to have it: the rule may speak of each, and gives a role for each value. */
  readonly parameters: readonly string[];
  readonly onChange: (whom: EditedWhom) => void;
  /** What is wrong with the condition. */
  readonly error?: string | undefined;
}

/** Says who has a role by rule, whom the rule passes over, and which roles are kept apart from it. */
export const WhomEditor = ({ roleId, whom, parameters, onChange, error }: WhomEditorProps) => (
  <div className="stack">
    <Textarea
      label="Who has it by rule"
      description={
        parameters.length === 0
          ? 'A condition about people in CEL, for instance person.department == "Finance" && person.site.startsWith("B"). Empty: nobody has it by rule.'
          : `A condition about people in CEL, for instance person.site == parameter.${parameters[0]}. Whoever fits it with a value has the role for that value. Saving the draft makes a role for each value that is listed. Empty: nobody has any by rule.`
      }
      autosize
      minRows={2}
      value={whom.personCondition}
      error={error}
      onChange={(event) => onChange({ ...whom, personCondition: event.currentTarget.value })}
    />
    <NumberInput
      label="Days it is kept"
      description="How long somebody keeps it who no longer fits"
      min={0}
      max={366}
      value={whom.graceDays}
      onChange={(days) => onChange({ ...whom, graceDays: Number(days) })}
    />
    <Chosen
      label="Never by a rule"
      rows={whom.exceptPeople}
      onDrop={(id) => onChange({ ...whom, exceptPeople: whom.exceptPeople.filter((one) => one.id !== id) })}
    />
    <FindPerson onAdd={(one) => onChange({ ...whom, exceptPeople: [...whom.exceptPeople, one] })} of={whom} />
    <Excluded whom={whom} onChange={onChange} />
    <FindRole
      roleId={roleId}
      of={whom}
      onAdd={(role) =>
        onChange({
          ...whom,
          excludes: [...whom.excludes, { role, kind: 'static', severity: 'high', mode: 'enforce', ruleId: null }],
        })
      }
    />
  </div>
);

interface Named {
  readonly id: string;
  readonly name: string;
}

const Chosen = ({
  label,
  rows,
  onDrop,
}: {
  readonly label: string;
  readonly rows: readonly Named[];
  readonly onDrop: (id: string) => void;
}) =>
  rows.length === 0 ? null : (
    <PlainTable
      label={label}
      rows={rows}
      rowId={(row) => row.id}
      empty="Nobody."
      columns={[
        { id: 'name', header: label, title: true, cell: (row) => row.name },
        {
          id: 'drop',
          header: 'Drop',
          cell: (row) => (
            <Button size="compact-xs" variant="default" aria-label={`Drop ${row.name}`} onClick={() => onDrop(row.id)}>
              Drop
            </Button>
          ),
        },
      ]}
    />
  );

const Excluded = ({ whom, onChange }: Pick<WhomEditorProps, 'whom' | 'onChange'>) => {
  type Row = EditedWhom['excludes'][number];
  const change = (row: Row, more: Partial<Row>): void =>
    onChange({ ...whom, excludes: whom.excludes.map((one) => (one === row ? { ...row, ...more } : one)) });
  const choice = <K extends 'kind' | 'severity' | 'mode'>(row: Row, key: K, label: string, data: readonly Row[K][]) => (
    <NativeSelect
      size="xs"
      aria-label={`${row.role.name}: ${label}`}
      value={row[key]}
      data={[...data]}
      onChange={(event) => change(row, { [key]: event.currentTarget.value as Row[K] } as Partial<Row>)}
    />
  );
  if (whom.excludes.length === 0) return null;
  return (
    <PlainTable
      label="Kept apart from"
      rows={whom.excludes}
      rowId={(row) => `${row.kind} ${row.role.id}`}
      empty="Nothing."
      columns={[
        { id: 'role', header: 'Kept apart from', title: true, cell: (row) => row.role.name },
        { id: 'kind', header: 'When', cell: (row) => choice(row, 'kind', 'when', ['static', 'dynamic']) },
        {
          id: 'severity',
          header: 'Severity',
          cell: (row) => choice(row, 'severity', 'severity', ['low', 'medium', 'high', 'critical']),
        },
        { id: 'mode', header: 'Rule', cell: (row) => choice(row, 'mode', 'rule', ['record', 'warn', 'enforce']) },
        {
          id: 'drop',
          header: 'Drop',
          cell: (row) => (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Drop ${row.role.name}`}
              onClick={() => onChange({ ...whom, excludes: whom.excludes.filter((one) => one !== row) })}
            >
              Drop
            </Button>
          ),
        },
      ]}
    />
  );
};

const FindPerson = ({ of, onAdd }: { readonly of: EditedWhom; readonly onAdd: (one: Named) => void }) => {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 200);
  const people = useRows({ ...identityList({ search }), enabled: search !== '' });
  const found = search === '' ? [] : people.rows.slice(0, 6).map(({ id, displayName: name }) => ({ id, name }));
  return (
    <Find
      label="Except somebody from the rules"
      typed={typed}
      onType={setTyped}
      found={found}
      chosen={new Set(of.exceptPeople.map(({ id }) => id))}
      onAdd={onAdd}
    />
  );
};

const FindRole = ({
  roleId,
  of,
  onAdd,
}: {
  readonly roleId: string;
  readonly of: EditedWhom;
  readonly onAdd: (one: Named) => void;
}) => {
  const [typed, setTyped] = useState('');
  const roles = useRows({ ...roleList(), enabled: typed.trim() !== '' });
  const found =
    typed.trim() === ''
      ? []
      : roles.rows
          .filter(({ id, name }) => id !== roleId && name.toLowerCase().includes(typed.trim().toLowerCase()))
          .slice(0, 6)
          .map(({ id, name }) => ({ id, name }));
  return (
    <Find
      label="Keep apart from a role"
      typed={typed}
      onType={setTyped}
      found={found}
      chosen={new Set(of.excludes.map(({ role }) => role.id))}
      onAdd={onAdd}
    />
  );
};

const Find = ({
  label,
  typed,
  onType,
  found,
  chosen,
  onAdd,
}: {
  readonly label: string;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly found: readonly Named[];
  readonly chosen: ReadonlySet<string>;
  readonly onAdd: (one: Named) => void;
}) => (
  <div>
    <TextInput
      label={label}
      placeholder="First letters of the name"
      value={typed}
      onChange={(event) => onType(event.currentTarget.value)}
    />
    <ul className="plain">
      {found.map((one) => (
        <li key={one.id} className="spread">
          <span>{one.name}</span>
          <Group gap="xs">
            <Button
              size="compact-xs"
              variant="default"
              disabled={chosen.has(one.id)}
              aria-label={`Add ${one.name}`}
              onClick={() => onAdd(one)}
            >
              Add
            </Button>
          </Group>
        </li>
      ))}
    </ul>
  </div>
);
