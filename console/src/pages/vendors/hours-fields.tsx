import { TextInput, Textarea } from '@mantine/core';

/** Days and hours, as they are typed. */
export interface TypedHours {
  readonly hours: string;
  readonly timeZone: string;
}

interface HoursFieldsProps {
  readonly of: TypedHours;
  readonly wrong: Readonly<Record<string, string>>;
  readonly onChange: (typed: TypedHours) => void;
}

/** When in a week somebody may have sessions. */
export const HoursFields = ({ of, wrong, onChange }: HoursFieldsProps) => (
  <>
    <Textarea
      label="Days and hours"
      description="A line each, such as tue 09:00-17:00 or mon-fri 08:00-12:00. Empty: at any time."
      autosize
      minRows={2}
      error={wrong['hours'] ?? wrong['hours/0'] ?? wrong['hours/1'] ?? wrong['hours.0'] ?? wrong['hours.1']}
      value={of.hours}
      onChange={(event) => onChange({ ...of, hours: event.currentTarget.value })}
    />
    {of.hours.trim() === '' ? null : (
      <TextInput
        label="Time zone"
        description="Empty: the calendar of the house, with its days off"
        error={wrong['timeZone']}
        value={of.timeZone}
        onChange={(event) => onChange({ ...of, timeZone: event.currentTarget.value })}
      />
    )}
  </>
);
