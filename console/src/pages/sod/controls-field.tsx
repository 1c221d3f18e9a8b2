import { ActionIcon, Button, Group, NumberInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useRows } from '../../api/pages.ts';
import { identityList } from '../../api/people.ts';
import { Icon } from '../../ui/show/icon.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import s from '../requests/requests.module.css';

export interface DraftControl {
  readonly name: string;
  readonly ownerId: string;
  readonly everyDays: number;
}

interface ControlsFieldProps {
  readonly controls: readonly DraftControl[];
  readonly onChange: (controls: readonly DraftControl[]) => void;
}

const shownAtMost = 5;

/** What can make up for a conflict: what is done, every how many days, and who sees to it. */
export const ControlsField = ({ controls, onChange }: ControlsFieldProps) => {
  const [name, setName] = useState('');
  const [everyDays, setEveryDays] = useState(30);
  const [who, setWho] = useState('');
  const [search] = useDebouncedValue(who.trim(), 200);
  const found = useRows({ ...identityList({ search }), enabled: search !== '' && name.trim() !== '' });
  const add = (ownerId: string): void => {
    onChange([...controls, { name: name.trim(), ownerId, everyDays }]);
    setName('');
    setWho('');
  };
  return (
    <fieldset className="card stack">
      <legend>What can make up for a conflict</legend>
      <ul className="plain">
        {controls.map((control) => (
          <li key={control.name} className="spread">
            <span>
              {control.name}, every {control.everyDays} days, by <IdentityName id={control.ownerId} />
            </span>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Drop ${control.name}`}
              onClick={() => onChange(controls.filter((one) => one !== control))}
            >
              <Icon name="close" size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Group gap="xs" align="end" grow>
        <TextInput
          label="What is done"
          placeholder="Review of new vendors"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NumberInput
          label="Every how many days"
          min={1}
          max={366}
          value={everyDays}
          onChange={(value) => setEveryDays(Number(value))}
        />
        <TextInput
          label="Who sees to it"
          placeholder="First letters of a name"
          leftSection={<Icon name="search" />}
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
        />
      </Group>
      {search === '' || name.trim() === '' || found.rows.length === 0 ? null : (
        <ul className={s['results']}>
          {found.rows.slice(0, shownAtMost).map((person) => (
            <li key={person.id}>
              <div>{person.displayName}</div>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={`${person.displayName} sees to it`}
                onClick={() => add(person.id)}
              >
                Add
              </Button>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
};
