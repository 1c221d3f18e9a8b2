import { Select } from '@mantine/core';
import { useState } from 'react';
import { useRows } from '../../api/pages.ts';
import { accountList } from '../../api/people.ts';

/** In place of an account's id: all of them. */
export const EVERYBODY = '';

/** Whose sessions rules are for: those of all accounts of a system, or of one. */
export const AccountSelect = ({
  systemName,
  kept,
  value,
  onChange,
}: {
  readonly systemName: string;
  /** Accounts that have some already. */
  readonly kept: readonly { readonly accountId: string | null; readonly accountName: string | null }[];
  readonly value: string;
  readonly onChange: (accountId: string) => void;
}) => {
  const [search, setSearch] = useState('');
  const { rows } = useRows(accountList({ system: systemName }));
  const found = useRows(accountList({ system: systemName, ...(search === '' ? {} : { search }) }));
  const names = new Map<string, string>([[EVERYBODY, 'all accounts']]);
  for (const { accountId, accountName } of kept) if (accountId !== null) names.set(accountId, accountName ?? accountId);
  for (const account of [...rows, ...found.rows]) names.set(account.id, account.name);
  return (
    <Select
      label="Sessions of"
      description="Those of all accounts and of the account itself hold together."
      searchable
      allowDeselect={false}
      nothingFoundMessage="No account is called so"
      data={[...names].map(([id, label]) => ({ value: id, label }))}
      onSearchChange={(text) => setSearch(names.get(value) === text ? '' : text)}
      value={value}
      onChange={(id) => onChange(id ?? EVERYBODY)}
    />
  );
};
