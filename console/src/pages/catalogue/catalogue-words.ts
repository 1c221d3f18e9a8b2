import type { Entry, Waiting } from '../../api/catalogue.ts';
import type { Facets } from '../../ui/table/tokens.ts';

const yesNo = ['yes', 'no'];

/** What the filter line of the catalogue understands, in the order its panel shows. */
export const facets = {
  system: { label: 'System' },
  risk: { label: 'Risk', values: ['low', 'medium', 'high', 'critical'] },
  class: { label: 'Data class', values: ['public', 'internal', 'confidential', 'restricted', 'unclassified'] },
  tag: { label: 'Tag' },
  owner: { label: 'Owner', values: ['known', 'none'] },
  described: { label: 'Described', values: yesNo },
  requestable: { label: 'Requestable', values: yesNo },
  privileged: { label: 'Privileged', values: yesNo },
  used: { label: 'Used', values: ['recent', 'long_ago', 'never', 'unknown'] },
} satisfies Facets;

const one = (value: string | undefined): readonly string[] | undefined => (value === undefined ? undefined : [value]);
const flag = (value: string | undefined): boolean | undefined =>
  value === undefined ? undefined : value === 'yes' || value === 'known';

/** What a filter line asks of the catalogue. */
export const queryOf = (filters: Readonly<Record<string, string>>, words: string) => ({
  text: words === '' ? undefined : words,
  systems: one(filters['system']),
  risks: one(filters['risk']),
  dataClasses: one(filters['class']),
  tags: one(filters['tag']),
  owned: flag(filters['owner']),
  described: flag(filters['described']),
  requestable: flag(filters['requestable']),
  privileged: flag(filters['privileged']),
  uses: one(filters['used']),
});

export const usedWords: Readonly<Record<Entry['used'], string>> = {
  recent: 'in the last 90 days',
  long_ago: 'longer ago',
  never: 'never: nobody had it',
  unknown: 'unknown',
};
export const knownWords: Readonly<Record<Entry['useKnown'], string>> = {
  exercised: 'through Reeve, on a grant of it',
  account: 'an account that has it was used, as its system tells',
  never: 'nobody ever had it',
  unknown: 'its system does not tell; that does not mean unused',
};
export const reasonWords: Readonly<Record<Waiting['reasons'][number], string>> = {
  no_owner: 'no owner',
  no_description: 'no description',
  owner_left: 'owner has left',
  unreviewed: 'not reviewed for a year',
  renamed: 'renamed at the source',
  gone_in_use: 'gone, still named',
};
