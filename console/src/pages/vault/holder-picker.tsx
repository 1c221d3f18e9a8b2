import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { holdersToChoose } from '../../api/keys.ts';

/** Somebody who is to hold a share. */
export interface Holder {
  readonly id: string;
  readonly name: string;
}

/** People, in the order they were chosen. */
export const HolderPicker = ({
  chosen,
  onChange,
  error,
}: {
  readonly chosen: readonly Holder[];
  readonly onChange: (holders: readonly Holder[]) => void;
  readonly error: string | undefined;
}) => {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 200);
  const found = useQuery(holdersToChoose(asked));
  const known = new Map(chosen.map((one) => [one.id, one.name]));
  for (const { id, displayName, username } of found.data?.items ?? [])
    if (!known.has(id)) known.set(id, username === null ? displayName : `${displayName} (${username})`);
  return (
    <MultiSelect
      label="Who holds a share"
      description="People who are active. Each gets one share."
      placeholder={chosen.length === 0 ? 'Beginning of a name' : ''}
      searchable
      hidePickedOptions
      nothingFoundMessage="Nobody is called so"
      error={error}
      data={[...known].map(([value, label]) => ({ value, label }))}
      // The server looked already, also by username and mail address.
      filter={({ options }) => options}
      searchValue={search}
      onSearchChange={setSearch}
      value={chosen.map(({ id }) => id)}
      onChange={(ids) => onChange(ids.map((id) => ({ id, name: known.get(id) ?? id })))}
    />
  );
};
