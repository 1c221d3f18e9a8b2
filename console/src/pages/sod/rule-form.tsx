import { Button, NativeSelect, NumberInput, TextInput, Textarea } from '@mantine/core';
import type { SodRule } from '../../api/shapes/sod.ts';
import { ControlsField, type DraftControl } from './controls-field.tsx';
import { SidePicker, type Side } from './side-picker.tsx';

/** A rule while somebody writes it. */
export interface RuleDraft {
  readonly name: string;
  readonly description: string;
  readonly risk: string;
  readonly severity: SodRule['severity'];
  readonly mode: SodRule['mode'];
  readonly counts: Exclude<SodRule['counts'], 'act'>;
  readonly windowMinutes: number;
  /** One a line. */
  readonly orgUnits: string;
  readonly personCondition: string;
  readonly sides: readonly Side[];
  readonly controls: readonly DraftControl[];
}

const emptySide: Side = { name: '', entitlements: [] };

export const emptyRule: RuleDraft = {
  name: '',
  description: '',
  risk: '',
  severity: 'high',
  mode: 'warn',
  counts: 'held',
  windowMinutes: 60,
  orgUnits: '',
  personCondition: '',
  sides: [emptySide, emptySide],
  controls: [],
};

/** A rule that is there as a draft to change. */
export const draftOf = (rule: SodRule): RuleDraft => ({
  name: rule.name,
  description: rule.description,
  risk: rule.risk,
  severity: rule.severity,
  mode: rule.mode,
  counts: rule.counts === 'act' ? 'held' : rule.counts,
  windowMinutes: Math.max(1, Math.round((rule.windowSeconds ?? 3600) / 60)),
  orgUnits: rule.orgUnits.join('\n'),
  personCondition: rule.personCondition ?? '',
  controls: rule.controls.map(({ name, ownerId, everyDays }) => ({ name, ownerId, everyDays })),
  sides: rule.functions.map(({ name, entitlements }) => ({
    name,
    entitlements: entitlements.map(({ id, name: called, gone }) => ({
      id,
      name: called ?? id,
      systemName: gone ? 'gone from its system' : '',
    })),
  })),
});

export const isReady = (draft: RuleDraft): boolean =>
  draft.sides.every((side) => side.name.trim() !== '' && side.entitlements.length > 0);

const unitsOf = (draft: RuleDraft): string[] =>
  draft.orgUnits
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What a draft says, as the server takes it. */
export const termsOf = (draft: RuleDraft) => ({
  severity: draft.severity,
  mode: draft.mode,
  counts: draft.counts,
  ...(draft.counts === 'same_window' ? { windowSeconds: draft.windowMinutes * 60 } : {}),
  ...(draft.description.trim() === '' ? {} : { description: draft.description.trim() }),
  ...(draft.risk.trim() === '' ? {} : { risk: draft.risk.trim() }),
  orgUnits: unitsOf(draft),
  personCondition: draft.personCondition.trim(),
  controls: [...draft.controls],
  functions: draft.sides.map((side) => ({
    name: side.name.trim(),
    entitlementIds: side.entitlements.map(({ id }) => id),
  })),
});

/** The same as a question: who would be in conflict. */
export const questionOf = (draft: RuleDraft) => ({
  functions: draft.sides.map((side) => ({
    name: side.name.trim(),
    entitlements: side.entitlements.map(({ id }) => id),
  })),
  orgUnits: unitsOf(draft),
  personCondition: draft.personCondition.trim(),
});

interface RuleFieldsProps {
  readonly draft: RuleDraft;
  readonly onChange: (draft: RuleDraft) => void;
  readonly wrong: Readonly<Record<string, string>>;
  /** A rule keeps the name it was made with. */
  readonly named?: boolean;
}

/** The fields of a rule: what it keeps apart, for whom, in which way it counts, and what happens then. */
export const RuleFields = ({ draft, onChange, wrong, named = false }: RuleFieldsProps) => {
  const set = (change: Partial<RuleDraft>): void => onChange({ ...draft, ...change });
  const setSide = (at: number, side: Side | undefined): void =>
    set({ sides: draft.sides.flatMap((one, i) => (i !== at ? [one] : side === undefined ? [] : [side])) });
  return (
    <>
      {named ? null : (
        <TextInput
          label="Name"
          placeholder="Create and pay a vendor"
          required
          withAsterisk={false}
          error={wrong['name']}
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
      )}
      <Textarea
        label="What could be done by whoever has all of it"
        description="Optional; people who are refused read it"
        autosize
        minRows={2}
        error={wrong['risk']}
        value={draft.risk}
        onChange={(event) => set({ risk: event.currentTarget.value })}
      />
      <div className="columns">
        {draft.sides.map((side, i) => (
          <SidePicker
            // oxlint-disable-next-line react/no-array-index-key -- a function is known by its place in the rule
            key={i}
            label={i === 0 ? 'One function' : i === 1 ? 'The other' : `And a function ${i + 1}`}
            side={side}
            onChange={(next) => setSide(i, next)}
            onDrop={draft.sides.length > 2 ? () => setSide(i, undefined) : undefined}
          />
        ))}
      </div>
      <div>
        <Button variant="subtle" size="compact-sm" onClick={() => set({ sides: [...draft.sides, emptySide] })}>
          Add a function
        </Button>
      </div>
      <div className="columns">
        <NativeSelect
          label="Severity"
          value={draft.severity}
          onChange={(event) => set({ severity: event.currentTarget.value as RuleDraft['severity'] })}
          data={['low', 'medium', 'high', 'critical']}
        />
        <NativeSelect
          label="When somebody is about to break it"
          value={draft.mode}
          onChange={(event) => set({ mode: event.currentTarget.value as RuleDraft['mode'] })}
          data={[
            { value: 'record', label: 'Only record it' },
            { value: 'warn', label: 'Warn' },
            { value: 'enforce', label: 'Refuse it' },
          ]}
        />
      </div>
      <div className="columns">
        <NativeSelect
          label="It is broken by"
          value={draft.counts}
          onChange={(event) => set({ counts: event.currentTarget.value as RuleDraft['counts'] })}
          data={[
            { value: 'held', label: 'Having all functions at the same time' },
            { value: 'same_session', label: 'Using them in one session' },
            { value: 'same_window', label: 'Using them within some time of each other' },
          ]}
        />
        {draft.counts === 'same_window' ? (
          <NumberInput
            label="Within how many minutes"
            min={1}
            max={527_040}
            error={wrong['windowSeconds']}
            value={draft.windowMinutes}
            onChange={(value) => set({ windowMinutes: Number(value) })}
          />
        ) : null}
      </div>
      <div className="columns">
        <Textarea
          label="Only for people of these units"
          description="One a line; units below count too, written unit/below. Empty: everybody"
          autosize
          minRows={2}
          error={wrong['orgUnits']}
          value={draft.orgUnits}
          onChange={(event) => set({ orgUnits: event.currentTarget.value })}
        />
        <Textarea
          label="Only for people of whom this is true"
          description={'In CEL, for instance person.department == "Finance". Empty: everybody'}
          autosize
          minRows={2}
          error={wrong['personCondition']}
          value={draft.personCondition}
          onChange={(event) => set({ personCondition: event.currentTarget.value })}
        />
      </div>
      <ControlsField controls={draft.controls} onChange={(controls) => set({ controls })} />
    </>
  );
};
