import { Checkbox, NativeSelect, NumberInput } from '@mantine/core';
import type { Campaign } from '../../api/shapes/campaigns.ts';

export type Settings = Campaign['review'];
type Stages = NonNullable<Settings['stages']>;

/** Who else votes about each item, in words and as stages. */
const votes: Readonly<Record<string, { readonly label: string; readonly stages: Stages | null }>> = {
  one: { label: 'Nobody: one person decides', stages: null },
  after: {
    label: 'The owner, after the manager kept it',
    stages: [
      { by: ['manager'], vote: 'all_accept' },
      { by: ['owner'], vote: 'all_accept' },
    ],
  },
  all: {
    label: 'Manager and owner, and both must keep it',
    stages: [{ by: ['manager', 'owner'], vote: 'all_accept' }],
  },
  accepts: {
    label: 'Manager and owner, one who keeps it is enough',
    stages: [{ by: ['manager', 'owner'], vote: 'one_accepts' }],
  },
  denies: {
    label: 'Manager and owner, one who revokes it is enough',
    stages: [{ by: ['manager', 'owner'], vote: 'one_denies' }],
  },
};

const same = (a: Stages | null, b: Stages | null): boolean => {
  const plain = (stages: Stages | null): unknown =>
    (stages ?? []).map(({ by, vote, days }) => [by, vote, days ?? null]);
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
};
const voteOf = (stages: Stages | null): string =>
  Object.entries(votes).find(([, v]) => same(stages, v.stages))?.[0] ?? 'other';

/** What a new certification is reviewed by, unless somebody says otherwise. */
export const usualReview: Settings = {
  stages: null,
  reciprocal: 'reroute',
  holdFrom: 20,
  canaries: 1,
  challengeDays: 0,
  challengePrivileged: false,
};

interface ReviewFieldsProps {
  readonly of: Settings;
  readonly onChange: (to: Settings) => void;
  /** Whether there can be lines known to be wrong. */
  readonly canaries: boolean;
  /** What the server said is wrong with a setting, by its name. */
  readonly wrong?: (setting: string) => string | undefined;
}

/** How items are reviewed: who votes, whether anybody looks, and whether the person concerned is heard. */
export const ReviewFields = ({ of, onChange, canaries, wrong = () => undefined }: ReviewFieldsProps) => {
  const vote = voteOf(of.stages);
  const held = of.holdFrom !== null;
  return (
    <>
      <NativeSelect
        label="Who else votes"
        error={wrong('stages')}
        value={vote}
        onChange={(event) => onChange({ ...of, stages: votes[event.currentTarget.value]?.stages ?? null })}
        data={[
          ...Object.entries(votes).map(([value, { label }]) => ({ value, label })),
          ...(vote === 'other' ? [{ value: 'other', label: 'Stages that were set otherwise' }] : []),
        ]}
      />
      <Checkbox
        label="No two review one another"
        checked={of.reciprocal === 'reroute'}
        onChange={(event) => onChange({ ...of, reciprocal: event.currentTarget.checked ? 'reroute' : 'allow' })}
      />
      {canaries ? (
        <NativeSelect
          label="Lines known to be wrong, for each reviewer"
          description={
            of.stages === null ? 'They lead to nothing, and show whether somebody looks.' : 'None where several vote.'
          }
          error={wrong('canaries')}
          value={String(of.canaries)}
          onChange={(event) => onChange({ ...of, canaries: Number(event.currentTarget.value) })}
          data={['0', '1', '2', '3', '4', '5']}
        />
      ) : null}
      <Checkbox
        label="Hold decisions that look as if nobody had looked"
        checked={held}
        onChange={(event) => onChange({ ...of, holdFrom: event.currentTarget.checked ? 20 : null })}
      />
      {held ? (
        <NumberInput
          label="From so many the same, each in under two seconds"
          description="What is still held at the end: revocations are carried out, what was kept is not answered."
          min={5}
          max={100_000}
          clampBehavior="strict"
          allowDecimal={false}
          error={wrong('holdFrom')}
          value={of.holdFrom ?? 20}
          onChange={(value) => {
            if (value !== '') onChange({ ...of, holdFrom: Number(value) });
          }}
        />
      ) : null}
      <NativeSelect
        label="Before something is revoked"
        error={wrong('challengeDays')}
        value={String(of.challengeDays)}
        onChange={(event) => onChange({ ...of, challengeDays: Number(event.currentTarget.value) })}
        data={[
          { value: '0', label: 'It ends when the reviewer signs' },
          ...[...new Set([3, 7, 14, ...(of.challengeDays > 0 ? [of.challengeDays] : [])])]
            .toSorted((a, b) => a - b)
            .map((days) => ({ value: String(days), label: `The person has ${String(days)} days to answer` })),
        ]}
      />
      {of.challengeDays > 0 ? (
        <Checkbox
          label="That is so for privileged access too, which ends at once otherwise"
          checked={of.challengePrivileged}
          onChange={(event) => onChange({ ...of, challengePrivileged: event.currentTarget.checked })}
        />
      ) : null}
    </>
  );
};
