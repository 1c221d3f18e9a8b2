import { Switch, TextInput } from '@mantine/core';
import type { Source } from './draft.ts';

type Terms = Source['terms'];

/** `number = externalId, email = email` */
export const joinText = (join: Terms['join']): string => join.map((j) => `${j.fact} = ${j.with}`).join(', ');
export const joinOf = (text: string): Terms['join'] =>
  text
    .split(',')
    .map((part) => part.split('=').map((side) => side.trim()))
    .filter(([fact]) => fact !== undefined && fact !== '')
    .map(([fact = '', same]) => ({ fact, with: same === undefined || same === '' ? fact : same }));
/** `email = 1, desk = 5` */
export const ranksText = (ranks: Terms['ranks']): string =>
  Object.entries(ranks)
    .map(([fact, rank]) => `${fact} = ${String(rank)}`)
    .join(', ');
export const ranksOf = (text: string): Terms['ranks'] =>
  Object.fromEntries(
    text
      .split(',')
      .map((part) => part.split('=').map((side) => side.trim()))
      .filter(([fact, rank]) => fact !== undefined && fact !== '' && /^\d+$/.test(rank ?? ''))
      .map(([fact = '', rank]) => [fact, Number(rank)]),
  );

/** Terms as they stand in the editor: what is typed stays as it is typed. */
export interface TermsDraft {
  readonly lifecycle: boolean;
  readonly rank: string;
  readonly ranks: string;
  readonly join: string;
}
export const termsDraftOf = (terms: Terms): TermsDraft => ({
  lifecycle: terms.lifecycle,
  rank: String(terms.rank),
  ranks: ranksText(terms.ranks),
  join: joinText(terms.join),
});
export const termsOf = (draft: TermsDraft): Terms => ({
  lifecycle: draft.lifecycle,
  rank: Number(draft.rank),
  ranks: ranksOf(draft.ranks),
  join: joinOf(draft.join),
});

interface Props {
  readonly terms: TermsDraft;
  readonly onChange: (terms: TermsDraft) => void;
  readonly readOnly: boolean;
}

/** How the source stands beside others that know the same people. */
export const TermsEditor = ({ terms, onChange, readOnly }: Props) => (
  <div className="stack">
    <Switch
      label="Decides who joins and leaves"
      description="Otherwise it only fills in facts of people who are here already, and its silence ends nobody."
      disabled={readOnly}
      checked={terms.lifecycle}
      onChange={(event) => onChange({ ...terms, lifecycle: event.currentTarget.checked })}
    />
    <TextInput
      label="Rank"
      description="Of two sources that say a fact, the lower rank counts."
      inputMode="numeric"
      disabled={readOnly}
      value={terms.rank}
      error={/^\d{1,5}$/.test(terms.rank) ? undefined : 'A whole number from 0.'}
      onChange={(event) => onChange({ ...terms, rank: event.currentTarget.value })}
    />
    <TextInput
      label="Ranks of single facts"
      placeholder="email = 1"
      disabled={readOnly}
      value={terms.ranks}
      onChange={(event) => onChange({ ...terms, ranks: event.currentTarget.value })}
    />
    <TextInput
      label="A row is somebody known when"
      description="A fact of the row, and the same of the person: externalId, email, username or an attribute."
      placeholder="employee_number = externalId, email = email"
      disabled={readOnly}
      value={terms.join}
      onChange={(event) => onChange({ ...terms, join: event.currentTarget.value })}
    />
  </div>
);
