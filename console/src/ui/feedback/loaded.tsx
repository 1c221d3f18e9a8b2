import type { ReactNode } from 'react';
import type { Rows } from '../../api/pages.ts';
import { Failed, Waiting } from './states.tsx';

interface LoadedProps<T> {
  readonly list: Rows<T>;
  readonly children: (rows: readonly T[]) => ReactNode;
}

/** A short list inside a page: waits, fails or shows. */
export const Loaded = <T,>({ list, children }: LoadedProps<T>) => {
  if (list.error !== null && list.rows.length === 0) return <Failed error={list.error} onRetry={list.retry} />;
  return list.loading ? <Waiting /> : children(list.rows);
};
