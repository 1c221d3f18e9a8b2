import type { Facts } from './templates.ts';

const SAMPLES: Facts = {
  because: 'the reason that was given',
  beneficiary: 'Person B',
  campaign: 'Yearly review',
  comment: 'A comment\nof two lines',
  control: 'A control that makes up for it',
  count: '12',
  decisions: '40',
  fast: '38',
  from: 'Person A',
  items: '12',
  name: 'Person B',
  number: 'R-1',
  openers: 'Two people have to open it again',
  path: 'an emergency path',
  person: 'Person B',
  reason: 'A reason\nof two lines',
  requester: 'Person A',
  reviewer: 'Person A',
  rows: '120',
  rule: 'A rule of duties',
  source: 'a source',
  startsAt: '2030-01-01T08:00:00.000Z',
  system: 'a system',
  until: '2030-01-01T08:00:00.000Z',
  what: 'an entitlement on a system',
  who: 'Person A\nPerson B',
  words: 'What was said',
};

/** Made-up facts for some variables, to show what a mail looks like. */
export const sampleOf = (variables: readonly string[]): Facts =>
  Object.fromEntries(variables.map((name) => [name, SAMPLES[name] ?? `(${name})`]));
