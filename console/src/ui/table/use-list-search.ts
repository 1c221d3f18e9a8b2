import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { listSearch, type ListSearch } from '../list-search.ts';

/** The part of the address a list keeps: its filter line and the row that is open. */
export const useListSearch = (): readonly [ListSearch, (change: ListSearch) => void] => {
  const raw: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = useCallback(
    (change: ListSearch) =>
      void navigate({
        to: '.',
        replace: true,
        search: (previous: Record<string, unknown>) => listSearch({ ...previous, ...change }),
      }),
    [navigate],
  );
  return [listSearch(raw), set];
};
