import { NativeSelect } from '@mantine/core';
import { duration } from '../../ui/show/time-ago.tsx';

const offered = [1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 7 * 86_400, 30 * 86_400];

/** The durations up to what policy allows; the shortest first, because less is usually enough. */
export const durationsUpTo = (maxSeconds: number | null): readonly number[] =>
  maxSeconds === null ? offered : [...new Set([...offered.filter((seconds) => seconds < maxSeconds), maxSeconds])];

interface DurationSelectProps {
  readonly value: number | null;
  readonly maxSeconds: number | null;
  readonly onChange: (seconds: number | null) => void;
  readonly label?: string;
}

export const DurationSelect = ({ value, maxSeconds, onChange, label = 'How long' }: DurationSelectProps) => (
  <NativeSelect
    label={label}
    size="xs"
    value={value === null ? 'for good' : String(value)}
    onChange={(event) => onChange(event.currentTarget.value === 'for good' ? null : Number(event.currentTarget.value))}
    data={[
      ...durationsUpTo(maxSeconds).map((seconds) => ({
        value: String(seconds),
        label: `${duration(seconds)}${seconds === maxSeconds ? ' (longest allowed)' : ''}`,
      })),
      ...(maxSeconds === null ? [{ value: 'for good', label: 'For good' }] : []),
    ]}
  />
);
