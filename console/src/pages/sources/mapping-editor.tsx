import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { FACTS, mayBeNone, type Line } from './draft.ts';

interface Props {
  readonly lines: readonly Line[];
  readonly onChange: (lines: readonly Line[]) => void;
  /** What is wrong with a line, by name. */
  readonly problems: Readonly<Record<string, string>>;
  readonly readOnly: boolean;
  /** Columns that are known to be there, to choose from. */
  readonly columns?: readonly string[];
}

/** Fact by fact: the column it is in, or an expression over the row. */
export const MappingEditor = ({ lines, onChange, problems, readOnly, columns = [] }: Props) => {
  const [name, setName] = useState('');
  const known = useId();
  const change = (at: Line, more: Partial<Line>): void =>
    onChange(lines.map((line) => (line === at ? { ...line, ...more } : line)));
  const named = /^[a-z][a-z0-9_]{0,60}$/.test(name) && !lines.some((line) => line.name === name);
  return (
    <div className="stack">
      <datalist id={known}>
        {columns.map((column) => (
          <option key={column} value={column} />
        ))}
      </datalist>
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
              {...(line.how === 'column' ? { list: known } : {})}
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
