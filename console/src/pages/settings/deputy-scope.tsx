import { MultiSelect } from '@mantine/core';
import { useRows } from '../../api/pages.ts';
import { systemList } from '../../api/systems.ts';
import { stepName } from '../requests/request-words.ts';

/** What a deputy decides about; empty means anything. */
export interface DeputyScope {
  readonly stepKinds: readonly StepKind[];
  readonly systemIds: readonly string[];
}
export type StepKind = (typeof kinds)[number];
const kinds = ['manager', 'owner', 'role_owner', 'system_owner', 'named', 'holders'] as const;
const isKind = (value: string): value is StepKind => kinds.some((kind) => kind === value);

export const anything: DeputyScope = { stepKinds: [], systemIds: [] };

/** Narrows what a deputy decides about: as whom, and on which systems. */
export const DeputyScopeFields = ({
  scope,
  onChange,
}: {
  readonly scope: DeputyScope;
  readonly onChange: (scope: DeputyScope) => void;
}) => {
  const systems = useRows(systemList());
  return (
    <>
      <MultiSelect
        label="Only as"
        description="Empty: in whatever part you are asked"
        data={kinds.map((kind) => ({ value: kind, label: stepName({ kind }) }))}
        value={[...scope.stepKinds]}
        onChange={(values) => onChange({ ...scope, stepKinds: values.filter(isKind) })}
      />
      <MultiSelect
        label="Only about these systems"
        description="Empty: about any. A request that is about others too is not theirs."
        searchable
        data={systems.rows.map(({ id, name }) => ({ value: id, label: name }))}
        value={[...scope.systemIds]}
        onChange={(values) => onChange({ ...scope, systemIds: values })}
      />
    </>
  );
};
