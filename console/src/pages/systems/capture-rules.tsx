import { ActionIcon, Button, NumberInput, Select, TextInput } from '@mantine/core';
import type { CaptureTerms } from '../../api/ssh-terms.ts';

const DIRECTIONS = [
  { value: 'both', label: 'both ways' },
  { value: 'from_target', label: 'from the system' },
  { value: 'to_target', label: 'to the system' },
] as const;
const BEYOND = [
  { value: 'go_on', label: 'goes on, kept so far' },
  { value: 'refuse', label: 'is refused' },
] as const;
const MIB = 1024 * 1024;
const NEW: CaptureTerms = { account: null, direction: 'both', path: '/**', mostBytes: 16 * MIB, beyond: 'go_on' };

/** Which files are kept with recordings: rules, of which the first that fits holds. */
export const CaptureRules = (props: {
  readonly rules: readonly CaptureTerms[];
  readonly readOnly: boolean;
  readonly onChange: (rules: CaptureTerms[]) => void;
}) => {
  const { rules, readOnly, onChange } = props;
  const change = (at: number, part: Partial<CaptureTerms>): void =>
    onChange(rules.map((rule, i) => (i === at ? { ...rule, ...part } : rule)));
  return (
    <fieldset className="stack" style={{ border: 0, padding: 0, margin: 0 }}>
      <legend>Files kept with the recording</legend>
      <p className="small dim">
        Of what goes by SFTP, the first rule that fits. In a path * is anything within a name, ** anything. With any
        rule, scp -O, rsync and git are refused the ways that are kept.
      </p>
      {rules.map((rule, at) => (
        <div key={at} className="row" style={{ flexWrap: 'wrap', alignItems: 'end' }}>
          <TextInput
            label="Path"
            readOnly={readOnly}
            value={rule.path}
            onChange={(event) => change(at, { path: event.currentTarget.value })}
          />
          <TextInput
            label="Account"
            placeholder="any"
            readOnly={readOnly}
            value={rule.account ?? ''}
            onChange={(event) =>
              change(at, { account: event.currentTarget.value === '' ? null : event.currentTarget.value })
            }
          />
          <Select
            label="Way"
            data={[...DIRECTIONS]}
            allowDeselect={false}
            readOnly={readOnly}
            value={rule.direction}
            onChange={(value) => change(at, { direction: (value ?? 'both') as CaptureTerms['direction'] })}
          />
          <NumberInput
            label="Up to (MiB)"
            min={1 / 1024}
            max={64}
            readOnly={readOnly}
            value={rule.mostBytes / MIB}
            onChange={(value) => change(at, { mostBytes: Math.max(1, Math.round(Number(value) * MIB)) })}
          />
          <Select
            label="A larger one"
            data={[...BEYOND]}
            allowDeselect={false}
            readOnly={readOnly}
            value={rule.beyond}
            onChange={(value) => change(at, { beyond: (value ?? 'go_on') as CaptureTerms['beyond'] })}
          />
          {readOnly ? null : (
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={`Take away rule ${String(at + 1)}`}
              onClick={() => onChange(rules.filter((_, i) => i !== at))}
            >
              ×
            </ActionIcon>
          )}
        </div>
      ))}
      {readOnly || rules.length >= 20 ? null : (
        <div>
          <Button variant="default" size="xs" onClick={() => onChange([...rules, NEW])}>
            Keep files…
          </Button>
        </div>
      )}
    </fieldset>
  );
};
