import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { lookAtPlace, readableSystemsQuery, type PlaceLook } from '../../api/sources.ts';
import { Failed, Problem } from '../../ui/feedback/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { FIELDS, readFromOf, type PlaceDraft } from './place.ts';

interface Props {
  readonly place: PlaceDraft;
  readonly onChange: (place: PlaceDraft) => void;
  /** What is wrong, by field. */
  readonly problems: Readonly<Record<string, string>>;
  readonly readOnly: boolean;
  readonly onLook: (look: PlaceLook) => void;
  /** Somebody takes the names facts usually have there. */
  readonly onUsual: (usual: Readonly<Record<string, string>>) => void;
}

const Rows = ({ of }: { readonly of: PlaceLook }) => {
  const shown = of.columns.filter((column) => column.shown);
  const hidden = of.columns.filter((column) => !column.shown).map((column) => column.name);
  return (
    <div role="status" className="stack">
      <PlainTable
        label="First rows"
        rows={of.rows.map((values, row) => ({ row, values }))}
        rowId={({ row }) => String(row)}
        empty="Nobody is there."
        columns={shown.map(({ name, type }, at) => ({
          id: name,
          header: `${name} (${type})`,
          ...(at === 0 ? { title: true } : {}),
          cell: ({ values }: { readonly values: readonly string[] }) => values[at] ?? '',
        }))}
      />
      {hidden.length === 0 ? null : <p className="dim">Not shown, since they may hold secrets: {hidden.join(', ')}</p>}
    </div>
  );
};

/** Which connected system people are read from, and where on it; with a look at what is there. */
export const PlaceEditor = ({ place, onChange, problems, readOnly, onLook, onUsual }: Props) => {
  const systems = useQuery(readableSystemsQuery);
  const kind = systems.data?.find(({ id }) => id === place.system)?.kind ?? '';
  const look = useMutation({ mutationFn: () => lookAtPlace(readFromOf(place)), onSuccess: onLook });
  const usual = look.data?.usual ?? null;
  const set = (key: string, value: string): void => onChange({ ...place, values: { ...place.values, [key]: value } });
  return (
    <div className="stack">
      {systems.error === null ? null : <Failed error={systems.error} onRetry={() => void systems.refetch()} />}
      <NativeSelect
        label="System"
        disabled={readOnly}
        value={place.system}
        error={problems['system']}
        data={[
          { value: '', label: 'Choose one' },
          ...(systems.data ?? []).map((system) => ({ value: system.id, label: `${system.name} (${system.kind})` })),
        ]}
        onChange={(event) => onChange({ ...place, system: event.currentTarget.value, values: {} })}
      />
      {(FIELDS[kind] ?? []).map(({ key, label, description, placeholder }) => (
        <TextInput
          key={key}
          label={label}
          {...(description === undefined ? {} : { description })}
          {...(placeholder === undefined ? {} : { placeholder })}
          disabled={readOnly}
          spellCheck={false}
          value={place.values[key] ?? ''}
          error={problems[key]}
          onChange={(event) => set(key, event.currentTarget.value)}
        />
      ))}
      <NumberInput
        label="Read every so many minutes"
        description="0: only when asked."
        disabled={readOnly}
        min={0}
        max={100_000}
        value={place.everyMinutes}
        error={problems['everyMinutes']}
        onChange={(value) => onChange({ ...place, everyMinutes: Number(value) })}
      />
      {readOnly || kind === '' ? null : (
        <div className="row">
          <Button variant="default" loading={look.isPending} onClick={() => look.mutate()}>
            Look at what is there
          </Button>
          {usual === null ? null : (
            <Button variant="default" onClick={() => onUsual(usual)}>
              Take the usual names
            </Button>
          )}
        </div>
      )}
      <Problem error={look.error} />
      {look.data === undefined ? null : <Rows of={look.data} />}
    </div>
  );
};
