import { useSyncExternalStore } from 'react';

/** What one person set in this browser. Nothing of it leaves the browser. */
export interface Preferences {
  readonly density: 'compact' | 'cozy';
  /** Single-letter shortcuts; WCAG 2.1.4 asks for a way to switch them off. */
  readonly singleKeys: boolean;
  /** Terminals are kept as text that a screen reader follows. */
  readonly screenReader: boolean;
}

const key = 'reeve.preferences';
const defaults: Preferences = { density: 'compact', singleKeys: true, screenReader: false };

const stored = (): Preferences => {
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Preferences>) };
  } catch {
    return defaults;
  }
};

let current = stored();
const listeners = new Set<() => void>();

export const preferences = (): Preferences => current;
export const setPreferences = (change: Partial<Preferences>): void => {
  current = { ...current, ...change };
  localStorage.setItem(key, JSON.stringify(current));
  for (const listener of listeners) listener();
};
export const usePreferences = (): Preferences =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, preferences);
