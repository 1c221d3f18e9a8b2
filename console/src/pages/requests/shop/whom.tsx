import { ActionIcon, Button, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import type { Cart } from '../../../api/shapes/requests.ts';
import { useActions } from '../../../ui/keyboard/actions.ts';
import { focusUncovered } from '../../../ui/keyboard/focus-uncovered.ts';
import { Icon } from '../../../ui/show/icon.tsx';
import s from '../requests.module.css';

const FEW = 5;

interface WhomProps {
  readonly meId: string;
  readonly people: Cart['people'];
  readonly onAdd: (people: string[]) => void;
  readonly onDrop: (id: string) => void;
}

/** Whom the cart is for: oneself at first, and as many others as may be asked for, pasted as a list. */
export const Whom = ({ meId, people, onAdd, onDrop }: WhomProps) => {
  const [names, setNames] = useState('');
  const [all, setAll] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  useActions([
    {
      id: 'cart.whom',
      label: 'Say whom it is for',
      group: 'This page',
      run: () => focusUncovered(() => input.current),
    },
  ]);
  const shown = all ? people : people.slice(0, FEW);
  const add = (): void => {
    const list = names.split(/[\s,;]+/u).filter((name) => name !== '');
    if (list.length === 0) return;
    setNames('');
    onAdd(list);
  };
  return (
    <fieldset className={s['whom']}>
      <legend className="dim small">For whom</legend>
      <ul className="plain" aria-label="For whom">
        {shown.map(({ id, name }) => (
          <li key={id} className={s['lineHead']}>
            <span>{id === meId ? `${name} (you)` : name}</span>
            <ActionIcon variant="subtle" color="gray" aria-label={`Not for ${name}`} onClick={() => onDrop(id)}>
              <Icon name="close" size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {people.length > FEW ? (
        <Button variant="subtle" size="xs" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${String(people.length)}`}
        </Button>
      ) : null}
      <Textarea
        ref={input}
        label="Somebody else"
        description="Usernames or mail addresses, as many as you like; Ctrl+Enter adds them"
        autosize
        minRows={1}
        maxRows={6}
        value={names}
        onChange={(event) => setNames(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          event.stopPropagation();
          add();
        }}
      />
      <Button variant="default" size="xs" onClick={add}>
        Add people
      </Button>
    </fieldset>
  );
};
