import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useRows } from '../../api/pages.ts';
import { entitlementList } from '../../api/people.ts';
import type { Entitlement } from '../../api/shapes/people.ts';
import { Icon } from '../../ui/show/icon.tsx';
import s from '../requests/requests.module.css';

export interface Side {
  readonly name: string;
  readonly entitlements: readonly Pick<Entitlement, 'id' | 'name' | 'systemName'>[];
}

interface SidePickerProps {
  readonly label: string;
  readonly side: Side;
  readonly onChange: (side: Side) => void;
  /** Present where the rule has more than two. */
  readonly onDrop?: (() => void) | undefined;
}

const shownAtMost = 8;

/** One function of a rule: its name and the access that gives it. */
export const SidePicker = ({ label, side, onChange, onDrop }: SidePickerProps) => {
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 200);
  const found = useRows({ ...entitlementList({ search }), enabled: search !== '' });
  const chosen = new Set(side.entitlements.map(({ id }) => id));
  return (
    <fieldset className="card stack">
      <legend>{label}</legend>
      {onDrop === undefined ? null : (
        <div>
          <Button variant="subtle" size="compact-xs" onClick={onDrop}>
            Leave this function out
          </Button>
        </div>
      )}
      <TextInput
        label="What it is called"
        required
        withAsterisk={false}
        value={side.name}
        onChange={(event) => onChange({ ...side, name: event.currentTarget.value })}
      />
      <ul className="plain">
        {side.entitlements.map((entitlement) => (
          <li key={entitlement.id} className="spread">
            <span>
              {entitlement.name} <span className="dim">{entitlement.systemName}</span>
            </span>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Drop ${entitlement.name}`}
              onClick={() =>
                onChange({ ...side, entitlements: side.entitlements.filter(({ id }) => id !== entitlement.id) })
              }
            >
              <Icon name="close" size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <TextInput
        label="Access that gives it"
        placeholder="First letters of its name"
        leftSection={<Icon name="search" />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {search === '' || found.rows.length === 0 ? null : (
        <ul className={s['results']}>
          {found.rows.slice(0, shownAtMost).map((entitlement) => (
            <li key={entitlement.id}>
              <div>
                {entitlement.name} <span className="dim small">{entitlement.systemName}</span>
              </div>
              <Button
                variant="default"
                size="compact-xs"
                disabled={chosen.has(entitlement.id)}
                aria-label={`Add ${entitlement.name}`}
                onClick={() => onChange({ ...side, entitlements: [...side.entitlements, entitlement] })}
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
