import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { Icon } from '../../ui/show/icon.tsx';

/** Something that can be chosen, as a person tells it from others. */
export interface Found {
  readonly id: string;
  readonly name: string;
  /** What tells it from others of that name. */
  readonly note: string;
}

interface FindOneProps<T extends Found> {
  readonly label: string;
  readonly chosen: T | undefined;
  readonly onChoose: (one: T | undefined) => void;
  readonly error?: string | undefined;
  /** What there is for some letters; asked while somebody types. */
  readonly useFound: (search: string) => readonly T[];
}

/** Chooses one of many by the letters of its name. */
export const FindOne = <T extends Found>({ label, chosen, onChoose, error, useFound }: FindOneProps<T>) => {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 200);
  const found = useFound(search);
  if (chosen !== undefined)
    return (
      <div>
        <div className="small">{label}</div>
        <div className="spread">
          <span>
            {chosen.name} <span className="dim">{chosen.note}</span>
          </span>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Choose another than ${chosen.name}`}
            onClick={() => onChoose(undefined)}
          >
            Another
          </Button>
        </div>
        {error === undefined ? null : <div className="small">{error}</div>}
      </div>
    );
  return (
    <div>
      <TextInput
        label={label}
        placeholder="First letters of the name"
        leftSection={<Icon name="search" />}
        value={typed}
        error={error}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ul className="plain">
        {found.map((one) => (
          <li key={one.id} className="spread">
            <span>
              {one.name} <span className="dim">{one.note}</span>
            </span>
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Choose ${one.name}`}
              onClick={() => {
                setTyped('');
                onChoose(one);
              }}
            >
              Choose
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
};
