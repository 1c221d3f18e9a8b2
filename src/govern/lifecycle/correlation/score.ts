import { distance } from 'fastest-levenshtein';

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
  readonly externalId: string | null;
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

const WEIGHTS = {
  'employee id': 0.99,
  'mail address': 0.95,
  username: 0.85,
  'full name': 0.8,
  'account elsewhere': 0.5,
} as const;
/** Names less alike than this say nothing. */
const ALIKE = 0.75;
/** Names less alike than this speak against: somebody else of the same username. */
const UNLIKE = 0.5;

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
export function scoreCandidate(account: AccountClues, person: PersonClues): Candidate {
  const parts: ScorePart[] = [];
  if (same(account.externalId, person.externalId))
    parts.push({ attribute: 'employee id', score: WEIGHTS['employee id'] });
  const alike = nameLikeness(account, person);
  const against = alike !== undefined && alike < UNLIKE ? 0.5 : 1;
  if (same(account.email, person.email))
    parts.push({ attribute: 'mail address', score: WEIGHTS['mail address'] * against });
  if (same(account.name, person.username)) parts.push({ attribute: 'username', score: WEIGHTS.username * against });
  if (alike !== undefined && alike >= ALIKE)
    parts.push({ attribute: 'full name', score: round(WEIGHTS['full name'] * alike ** 2) });
  if (person.accountNames.some((name) => same(name, account.name)))
    parts.push({ attribute: 'account elsewhere', score: WEIGHTS['account elsewhere'] * against });
  const score = 1 - parts.reduce((rest, p) => rest * (1 - p.score), 1);
  return { identityId: person.identityId, score: round(score), parts };
}

/** At least this sure, and nobody else nearly as likely: linked without asking. */
export const SURE = 0.9;
/** Less than this is not worth a person's time. */
export const WORTH_ASKING = 0.5;
/** Somebody within this of the best makes it ambiguous. */
const MARGIN = 0.15;

/** Best first; `link` when the first is sure and alone. */
export function judge(candidates: readonly Candidate[]): {
  readonly ranked: readonly Candidate[];
  readonly link: boolean;
} {
  const ranked = candidates
    .filter((c) => c.score >= WORTH_ASKING)
    .sort((a, b) => b.score - a.score || (a.identityId < b.identityId ? -1 : 1));
  const [best, next] = ranked;
  const alone = next === undefined || (next.score < SURE && best !== undefined && best.score - next.score >= MARGIN);
  return { ranked, link: best !== undefined && best.score >= SURE && alone };
}

/** `username and full name match (0.97)`. */
export function becauseOf(candidate: Candidate): string {
  const names = candidate.parts.map((p) => p.attribute);
  const last = names.at(-1) ?? 'nothing';
  const words = names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
  return `${words} match${names.length === 1 ? 'es' : ''} (${candidate.score.toFixed(2)})`;
}
