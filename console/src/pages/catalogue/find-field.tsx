import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useRows } from '../../api/pages.ts';
import { entitlementList, identityList } from '../../api/people.ts';
import { Icon } from '../../ui/show/icon.tsx';
import s from '../requests/requests.module.css';

interface Found {
  readonly id: string;
  readonly name: string;
  readonly note: string;
}
interface FindFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly error?: string | undefined;
  readonly chosen: readonly { readonly id: string; readonly name: string }[];
  readonly onAdd: (found: Found) => void;
  readonly onDrop: (id: string) => void;
}
interface Search {
  readonly useFind: (text: string) => {
    readonly found: readonly Found[];
    readonly loaded: boolean;
    readonly failed: boolean;
  };
}

const shownAtMost = 6;

/** What is chosen, and a search for more; Enter takes the first that is found. */
const FindField = ({ label, description, error, chosen, onAdd, onDrop, useFind }: FindFieldProps & Search) => {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 200);
  const { found, loaded, failed } = useFind(search);
  const offered = search === '' ? [] : found.filter(({ id }) => !chosen.some((one) => one.id === id));
  const add = (one: Found): void => {
    onAdd(one);
    setText('');
    input.current?.focus();
  };
  // The button goes with what it drops, and focus must not go with it.
  const drop = (id: string): void => {
    onDrop(id);
    input.current?.focus();
  };
  return (
    <div>
      <TextInput
        ref={input}
        label={label}
        description={description}
        placeholder="First letters of a name"
        leftSection={<Icon name="search" />}
        value={text}
        error={failed ? 'You may not search these. Ask an administrator to change it.' : error}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          // What is listed may still be of what was typed before.
          if (offered[0] !== undefined && search === text.trim()) add(offered[0]);
        }}
      />
      {search !== '' && loaded && found.length === 0 ? (
        <p className="dim small" role="status">
          Nothing of that name.
        </p>
      ) : null}
      {offered.length === 0 ? null : (
        <ul className={s['results']} aria-label={`Found for ${label}`}>
          {offered.slice(0, shownAtMost).map((one) => (
            <li key={one.id}>
              <div>
                {one.name} <span className="dim small">{one.note}</span>
              </div>
              <Button variant="default" size="compact-xs" aria-label={`Take ${one.name}`} onClick={() => add(one)}>
                Take
              </Button>
            </li>
          ))}
        </ul>
      )}
      {chosen.length === 0 ? (
        <p className="dim small">none</p>
      ) : (
        <ul className="plain" aria-label={`${label}, chosen`}>
          {chosen.map(({ id, name }) => (
            <li key={id} className="row">
              {name}
              <ActionIcon variant="subtle" color="gray" aria-label={`Drop ${name}`} onClick={() => drop(id)}>
                <Icon name="close" size={14} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};

const usePeople: Search['useFind'] = (search) => {
  const { rows, loading, stale, error } = useRows({
    ...identityList({ search, kind: 'person' }),
    enabled: search !== '',
  });
  return {
    found: rows.map(({ id, displayName, username }) => ({ id, name: displayName, note: username ?? '' })),
    loaded: !loading && !stale && error === null,
    failed: error !== null,
  };
};
const useEntitlements: Search['useFind'] = (search) => {
  const { rows, loading, stale, error } = useRows({ ...entitlementList({ search }), enabled: search !== '' });
  return {
    found: rows.map(({ id, name, systemName }) => ({ id, name, note: systemName ?? '' })),
    loaded: !loading && !stale && error === null,
    failed: error !== null,
  };
};

export const FindPerson = (props: FindFieldProps) => <FindField {...props} useFind={usePeople} />;
export const FindEntitlement = (props: FindFieldProps) => <FindField {...props} useFind={useEntitlements} />;
