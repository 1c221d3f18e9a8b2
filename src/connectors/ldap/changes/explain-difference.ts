/** Whether the difference between two censuses is exactly what the log of writes says went and was renamed. */
import type { Directory } from '../session.ts';
import type { Fate } from './access-log.ts';
import { modulo, type Census, type Kind } from './census.ts';
import type { Mark } from './mark.ts';

/** So many fates of unknown kind, or entries of unknown age, are tried in every combination. */
const MOST_TRIED = 8;

/** What a fate's entry is now; undefined where it is gone or of neither kind. */
export interface Present {
  readonly kind: Kind;
  readonly dn: string;
  readonly names: readonly string[];
}

/** Fate by fate: what it was. `other` is a container, a policy or anything else that is neither account nor group. */
export type Explained = ReadonlyMap<Fate, Kind | 'other'>;

export function explainDifference(
  directory: Directory,
  mark: Mark,
  census: Census,
  fates: readonly { readonly fate: Fate; readonly present: Present | undefined }[],
): Explained | undefined {
  const missing = {
    account: modulo(BigInt(`0x${mark.accounts}`) - census.sumOf('account')),
    group: modulo(BigInt(`0x${mark.groups}`) - census.sumOf('group')),
  };
  const explained = new Map<Fate, Kind | 'other'>();
  const open: Fate[] = [];
  for (const { fate, present } of fates) {
    if (fate.deleted) open.push(fate);
    else explained.set(fate, present?.kind ?? 'other');
    // Renamed: its old self is missing, its new one is there unasked.
    if (!fate.deleted && present)
      missing[present.kind] = modulo(
        missing[present.kind] - weightThen(census, fate, present.kind) + census.weigh(present.dn, present.names),
      );
  }
  if (open.length === 0) return withDoubtful(census, missing) ? explained : undefined;
  const guess = open.map((fate) => likelyKind(fate, directory.settings.loginAttribute));
  if (fits(census, open, guess, missing)) return withKinds(explained, open, guess);
  if (open.length > MOST_TRIED) return undefined;
  for (const kinds of combinations(open.length))
    if (fits(census, open, kinds, missing)) return withKinds(explained, open, kinds);
  return undefined;
}

/** Whether the entries of unknown age, some of them or none, are what is missing. */
function withDoubtful({ doubtful }: Census, missing: Readonly<Record<Kind, bigint>>): boolean {
  if (doubtful.length > MOST_TRIED) return missing.account === 0n && missing.group === 0n;
  for (let some = 0; some < 1 << doubtful.length; some += 1) {
    const left = { ...missing };
    for (const [at, { kind, weight }] of doubtful.entries())
      if ((some & (1 << at)) !== 0) left[kind] = modulo(left[kind] - weight);
    if (left.account === 0n && left.group === 0n) return true;
  }
  return false;
}

const weightThen = (census: Census, fate: Fate, kind: Kind): bigint =>
  census.weigh(fate.dn, kind === 'account' ? fate.logins : [fate.uuid]);

function likelyKind(fate: Fate, loginAttribute: string): Kind | 'other' {
  if (fate.logins.length > 0 || fate.dn.startsWith(`${loginAttribute.toLowerCase()}=`)) return 'account';
  return fate.dn.startsWith('cn=') ? 'group' : 'other';
}

function fits(
  census: Census,
  fates: readonly Fate[],
  kinds: readonly (Kind | 'other')[],
  missing: Readonly<Record<Kind, bigint>>,
): boolean {
  const sums = { account: 0n, group: 0n };
  for (const [at, fate] of fates.entries()) {
    const kind = kinds[at] ?? 'other';
    if (kind !== 'other') sums[kind] = modulo(sums[kind] + weightThen(census, fate, kind));
  }
  return sums.account === missing.account && sums.group === missing.group;
}

function* combinations(length: number): Generator<readonly (Kind | 'other')[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const rest of combinations(length - 1))
    for (const kind of ['account', 'group', 'other'] as const) yield [kind, ...rest];
}

function withKinds(
  known: Map<Fate, Kind | 'other'>,
  fates: readonly Fate[],
  kinds: readonly (Kind | 'other')[],
): Explained {
  for (const [at, fate] of fates.entries()) known.set(fate, kinds[at] ?? 'other');
  return known;
}
