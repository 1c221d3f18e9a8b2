import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FACTS, mayBeNone, type Line } from './draft.ts';

interface Props {
  readonly lines: readonly Line[];
  readonly onChange: (lines: readonly Line[]) => void;
  /** What is wrong with a line, by name. */
  readonly problems: Readonly<Record<string, string>>;
  readonly readOnly: boolean;
}

/** Fact by fact: the column it is in, or an expression over the row. */
export const MappingEditor = ({ lines, onChange, problems, readOnly }: Props) => {
  const [name, setName] = useState('');
  const change = (at: Line, more: Partial<Line>): void =>
    onChange(lines.map((line) => (line === at ? { ...line, ...more } : line)));
  const named = /^[a-z][a-z0-9_]{0,60}$/.test(name) && !lines.some((line) => line.name === name);
  return (
    <div className="stack">
      {lines.map((line) => {
        const label = FACTS[line.name] ?? line.name;
        return (
          <div key={line.name} className="row">
            <NativeSelect
              style={{ width: '10rem' }}
              label={label}
              disabled={readOnly}
              value={line.how}
              data={[
                { value: 'column', label: 'in the column' },
                { value: 'expression', label: 'made by' },
                ...(line.own || !mayBeNone(line.name) ? [] : [{ value: 'none', label: 'not in this feed' }]),
              ]}
              onChange={(event) => change(line, { how: event.currentTarget.value as Line['how'] })}
            />
            <TextInput
              style={{ flex: 1, alignSelf: 'end' }}
              aria-label={`${label}: ${line.how === 'expression' ? 'expression' : 'column'}`}
              spellCheck={false}
              className={line.how === 'expression' ? 'mono' : ''}
              disabled={readOnly || line.how === 'none'}
              value={line.how === 'none' ? '' : line.text}
              error={problems[line.name]}
              onChange={(event) => change(line, { text: event.currentTarget.value })}
            />
            {line.own && !readOnly ? (
              <Button
                variant="default"
                size="xs"
                style={{ alignSelf: 'end' }}
                onClick={() => onChange(lines.filter((other) => other !== line))}
              >
                Remove {line.name}
              </Button>
            ) : null}
          </div>
        );
      })}
      {readOnly ? null : (
        <div className="row">
          <TextInput
            label="Another attribute"
            placeholder="cost_centre"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button
            variant="default"
            style={{ alignSelf: 'end' }}
            disabled={!named}
            onClick={() => {
              onChange([...lines, { name, how: 'column', text: name, own: true }]);
              setName('');
            }}
          >
            Add
          </Button>
        </div>
      )}
    </div>
  );
};
