import { useSyncExternalStore } from 'react';

// Two texts take turns, so that the same words said twice are read twice.
let said: { readonly text: string; readonly turn: number; readonly assertive: boolean } = {
  text: '',
  turn: 0,
  assertive: false,
};
const listeners = new Set<() => void>();

/** Tells screen readers what changed without moving focus. Polite unless it cannot wait. */
export const announce = (text: string, assertive = false): void => {
  said = { text, turn: said.turn + 1, assertive };
  for (const listener of listeners) listener();
};

export const LiveRegion = () => {
  const { text, turn, assertive } = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => said,
  );
  return (
    <>
      <div role="status" aria-live="polite" className="visually-hidden">
        {assertive ? '' : text + (turn % 2 === 0 ? '' : '\u00a0')}
      </div>
      <div role="alert" aria-live="assertive" className="visually-hidden">
        {assertive ? text + (turn % 2 === 0 ? '' : '\u00a0') : ''}
      </div>
    </>
  );
};
