import { useEffect, useRef, useSyncExternalStore } from 'react';

/** Something that can be done from here: offered in the palette, and by its keys when it has any. */
export interface Action {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  readonly keys?: string | undefined;
  readonly keywords?: string | undefined;
  readonly description?: string | undefined;
  /** `list`: the keys belong to a list, which handles them while it has focus. Shown in help, not listened for here. */
  readonly scope?: 'global' | 'list';
  readonly run: () => void;
}

let sets: readonly (readonly Action[])[] = [];
let all: readonly Action[] = [];
const listeners = new Set<() => void>();

const changed = (next: typeof sets): void => {
  sets = next;
  all = next.flat();
  for (const listener of listeners) listener();
};

/** Everything mounted components offer just now. */
export const currentActions = (): readonly Action[] => all;

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useAllActions = (): readonly Action[] => useSyncExternalStore(subscribe, currentActions);

/** Offers actions while the component is mounted, and withdraws them after. */
export const useActions = (actions: readonly Action[]): void => {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const signature = actions.map(({ id, label, keys }) => [id, label, keys].join('\t')).join('\n');
  useEffect(() => {
    // The closures change with every render; what is registered calls the latest.
    const mine = latest.current.map((action) => ({
      ...action,
      run: () => latest.current.find(({ id }) => id === action.id)?.run(),
    }));
    changed([...sets, mine]);
    return () => changed(sets.filter((set) => set !== mine));
  }, [signature]);
};
