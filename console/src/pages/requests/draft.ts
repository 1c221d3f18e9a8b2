import { useEffect, useState } from 'react';
import type { RequestLineInput } from '../../api/shapes/requests.ts';

export interface DraftLine {
  readonly kind: 'entitlement' | 'role';
  readonly id: string;
  readonly name: string;
  readonly systemName: string;
  readonly seconds: number | null;
  readonly maxSeconds: number | null;
  /** The grant this is to follow. */
  readonly extendsGrantId?: string;
}
export interface Draft {
  readonly lines: readonly DraftLine[];
  readonly reason: string;
  readonly ticket: string;
}

const empty: Draft = { lines: [], reason: '', ticket: '' };

const stored = (key: string): Draft => {
  try {
    return { ...empty, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Draft>) };
  } catch {
    return empty;
  }
};

/** A request not yet sent, kept in this browser through reloads and other pages. One a person. */
export const useDraft = (identityId: string): readonly [Draft, (change: Partial<Draft>) => void, () => void] => {
  const key = `reeve.draft.${identityId}`;
  const [draft, setDraft] = useState(() => stored(key));
  useEffect(() => {
    if (draft === empty) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(draft));
  }, [key, draft]);
  return [draft, (change) => setDraft((previous) => ({ ...previous, ...change })), () => setDraft(empty)];
};

/** The lines as they are sent: a grant to follow names what it is by itself. */
export const linesOf = (draft: Draft): RequestLineInput[] =>
  draft.lines.map(({ kind, id, extendsGrantId, seconds }) => ({
    ...(extendsGrantId !== undefined ? { extendsGrantId } : kind === 'role' ? { roleId: id } : { entitlementId: id }),
    ...(seconds === null ? {} : { seconds }),
  }));
