import { distance } from 'fastest-levenshtein';
import { DEFAULT_RULES, type CorrelationRules } from './rules.ts';

/** What an account tells about who it may belong to. */
export interface AccountClues {
  readonly name: string;
  readonly fullNames: readonly string[];
  readonly email: string | null;
  readonly externalId: string | null;
}

/** What is known of somebody it may belong to. */
export interface PersonClues {
  readonly identityId: string;
  readonly username: string | null;
  readonly fullNames: readonly string[];
  readonly email: string | null;
  /** Their keys in the sources that know them. */
  readonly externalIds: readonly string[];
  /** Names of the accounts they are known to have on other systems. */
  readonly accountNames: readonly string[];
}

/** How much one attribute speaks for somebody: `score` is its weight times how well it fits. */
export interface ScorePart {
  readonly attribute: 'employee id' | 'mail address' | 'username' | 'full name' | 'account elsewhere';
  readonly score: number;
}

export interface Candidate {
  readonly identityId: string;
  /** From 0 to 1. */
  readonly score: number;
  readonly parts: readonly ScorePart[];
}

/** Letters only, without accents and case, words in order of the alphabet: `Hrubý, Tomáš` is `hruby tomas`. */
export const foldName = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replaceAll('ø', 'o')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .sort()
    .join(' ');

const likeness = (a: string, b: string): number => {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 0 : 1 - distance(a, b) / longest;
};

const nameLikeness = (account: AccountClues, person: PersonClues): number | undefined => {
  const [theirs, ours] = [account.fullNames.map(foldName), person.fullNames.map(foldName)];
  const pairs = theirs.flatMap((a) => ours.map((b) => (a === '' || b === '' ? undefined : likeness(a, b))));
  const known = pairs.filter((p) => p !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

const same = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && a !== '' && a.toLowerCase() === b.toLowerCase();

const round = (n: number): number => Math.round(n * 100) / 100;

/**
 * How likely an account is somebody's. Attributes that fit add up as independent evidence, 1 − Π(1 − score): username
 * and full name together come to 0.97. A name that clearly differs halves all but an employee id, since usernames
 * and addresses are given to another person sooner than people change their names. Pure.
 */
export function scoreCandidate(
  account: AccountClues,
  person: PersonClues,
  rules: CorrelationRules = DEFAULT_RULES,
): Candidate {
  const parts: ScorePart[] = [];
  const speaks = (attribute: ScorePart['attribute'], score: number): void => {
    if (score > 0) parts.push({ attribute, score });
  };
  const { weights } = rules;
  if (person.externalIds.some((id) => same(account.externalId, id))) speaks('employee id', weights.employeeId);
  const alike = nameLikeness(account, person);
  const against = alike !== undefined && alike < rules.unlike ? 0.5 : 1;
  if (same(account.email, person.email)) speaks('mail address', weights.mailAddress * against);
  if (same(account.name, person.username)) speaks('username', weights.username * against);
  if (alike !== undefined && alike >= rules.alike) speaks('full name', round(weights.fullName * alike ** 2));
  if (person.accountNames.some((name) => same(name, account.name)))
    speaks('account elsewhere', weights.accountElsewhere * against);
  const score = 1 - parts.reduce((rest, p) => rest * (1 - p.score), 1);
  return { identityId: person.identityId, score: round(score), parts };
}

/** Best first; `link` when the first is sure and alone. */
export function judge(
  candidates: readonly Candidate[],
  { sure, worthAsking, margin }: Pick<CorrelationRules, 'sure' | 'worthAsking' | 'margin'> = DEFAULT_RULES,
): {
  readonly ranked: readonly Candidate[];
  readonly link: boolean;
} {
  const ranked = candidates
    .filter((c) => c.score >= worthAsking)
    .sort((a, b) => b.score - a.score || (a.identityId < b.identityId ? -1 : 1));
  const [best, next] = ranked;
  const alone = next === undefined || (next.score < sure && best !== undefined && best.score - next.score >= margin);
  return { ranked, link: best !== undefined && best.score >= sure && alone };
}

/** `username and full name match (0.97)`. */
export function becauseOf(candidate: Candidate): string {
  const names = candidate.parts.map((p) => p.attribute);
  const last = names.at(-1) ?? 'nothing';
  const words = names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
  return `${words} match${names.length === 1 ? 'es' : ''} (${candidate.score.toFixed(2)})`;
}
