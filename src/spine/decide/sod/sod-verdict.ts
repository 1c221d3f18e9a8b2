import type { Tx } from '#kit/db/index.ts';
import { effectiveAccessOf, reachedFrom, type Access, type Reached } from '#spine/graph/index.ts';
import { findConflicts, withoutExcepted, worsens } from './find-conflicts.ts';
import { intersectionOf, intervalOf, timesOf } from './intervals.ts';
import type { HeldAccess, SodConflict, SodException, SodRule } from './model.ts';
import { rulesFor } from './person-scope.ts';
import { exceptionsOf, rulesTouching } from './store.ts';

/** Something an identity would get: exactly one of entitlement and role, from when until when. */
export interface ProposedAccess {
  readonly entitlementId?: string | undefined;
  readonly roleId?: string | undefined;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/**
 * What is left out of what somebody has: the grant that is being activated or that a session rests on, and what an
 * account of theirs holds on its target already where that is what is asked about (one entitlement, or all of it).
 */
export interface Apart {
  readonly grantIds?: readonly string[] | undefined;
  readonly holdings?:
    | readonly { readonly accountId: string; readonly entitlementId?: string | undefined }[]
    | undefined;
}

export interface SodVerdict {
  /** `blocked`: an enforced rule is made worse. `warned`, `recorded`: only rules of that mode are. */
  readonly outcome: 'clear' | 'recorded' | 'warned' | 'blocked';
  /** What the proposal makes worse and no exception tolerates. Empty exactly when the outcome is `clear`. */
  readonly conflicts: readonly SodConflict[];
  /** What it makes worse within an exception. */
  readonly tolerated: readonly SodConflict[];
  /** What of the rules concerned is in conflict without it, tolerated or not. */
  readonly standing: readonly SodConflict[];
}

/** Beyond every end; open ends stay open. */
const END_OF_TIME = new Date('9999-12-31T00:00:00Z');

/**
 * What separation of duties says to a proposal: the one verdict for requests, imports, role changes, activation and
 * the start of a session. Looks from now on, at all the person reaches by any path, and at all the proposal brings
 * along. `apart` names what to leave out of what the person has, to be judged as if it came now. Costs what the person
 * reaches, however many rules and people exist.
 */
export const sodVerdict = async (
  tx: Tx,
  identityId: string,
  proposed: readonly ProposedAccess[],
  options: { readonly apart?: Apart | undefined } = {},
): Promise<SodVerdict> => {
  const coming = await comingWith(tx, proposed);
  const touched = await rulesTouching(
    tx,
    coming.map(({ entitlementId }) => entitlementId),
  );
  const rules = await rulesFor(tx, identityId, touched);
  if (rules.length === 0) return CLEAR;
  const [before, exceptions] = await Promise.all([
    fromNowOn(tx, identityId, options.apart ?? {}, namedBy(rules)),
    exceptionsOf(tx, identityId),
  ]);
  return judge(rules, before, coming, exceptions);
};

export const CLEAR: SodVerdict = { outcome: 'clear', conflicts: [], tolerated: [], standing: [] };

/** The verdict, once all it rests on is known. */
export const judge = (
  rules: readonly SodRule[],
  before: readonly HeldAccess[],
  coming: readonly HeldAccess[],
  exceptions: readonly SodException[],
): SodVerdict => {
  const standing = findConflicts(rules, before);
  const worse = worsens(standing, findConflicts(rules, [...before, ...coming]));
  const conflicts = withoutExcepted(worse, exceptions);
  // What is worse and is not among the conflicts left over is what the exceptions took away.
  return { outcome: outcomeOf(conflicts), conflicts, tolerated: worsens(conflicts, worse), standing };
};

/** Conflicts a person is in now or will be with what is granted already; those an exception tolerates left out. */
export const standingConflicts = async (tx: Tx, identityId: string): Promise<SodConflict[]> => {
  const access = await fromNowOn(tx, identityId, {});
  const touched = await rulesTouching(
    tx,
    access.map(({ entitlementId }) => entitlementId),
  );
  const [rules, exceptions] = await Promise.all([rulesFor(tx, identityId, touched), exceptionsOf(tx, identityId)]);
  return withoutExcepted(findConflicts(rules, access), exceptions);
};

/** Whether a rule, as it is, is in conflict for somebody now or later; exceptions do not count. */
export const violates = async (tx: Tx, identityId: string, rule: SodRule): Promise<boolean> =>
  findConflicts(await rulesFor(tx, identityId, [rule]), await fromNowOn(tx, identityId, {}, namedBy([rule]))).length >
  0;

export const outcomeOf = (conflicts: readonly SodConflict[]): SodVerdict['outcome'] => {
  const modes = new Set(conflicts.map(({ rule }) => rule.mode));
  if (modes.has('enforce')) return 'blocked';
  if (modes.has('warn')) return 'warned';
  return modes.has('record') ? 'recorded' : 'clear';
};

/** What each of these people has from now on of what some rules name, with every way to it. */
export const heldFromNowOn = async (
  tx: Tx,
  identityIds: readonly string[],
  rules: readonly Pick<SodRule, 'functions'>[],
): Promise<ReadonlyMap<string, HeldAccess[]>> => {
  const access = await effectiveAccessOf(tx, identityIds, { ...foreverFrom(tx), only: namedBy(rules) });
  return new Map([...access].map(([id, rows]) => [id, heldOf(tx, rows)]));
};

/** Every entitlement these rules name. */
export const namedBy = (rules: readonly Pick<SodRule, 'functions'>[]): ReadonlySet<string> =>
  new Set(rules.flatMap((rule) => rule.functions.flatMap((f) => f.entitlementIds)));

/** What somebody has from now on; `only` of these entitlements, whose ways alone are then told. */
const fromNowOn = async (
  tx: Tx,
  identityId: string,
  apart: Apart,
  only?: ReadonlySet<string>,
): Promise<HeldAccess[]> => {
  const access = (await effectiveAccessOf(tx, [identityId], { ...foreverFrom(tx), only })).get(identityId) ?? [];
  return heldOf(
    tx,
    access.filter((row) => !isApart(row, apart)),
  );
};

const isApart = (row: Access, { grantIds = [], holdings = [] }: Apart): boolean =>
  row.via === 'grant'
    ? grantIds.includes(row.sourceId)
    : holdings.some(
        (held) =>
          held.accountId === row.sourceId &&
          (held.entitlementId === undefined || row.path.some((step) => step.id === held.entitlementId)),
      );

/** From now on, however far. */
export const foreverFrom = (tx: Tx): { readonly at: Date; readonly through: Date } => ({
  at: tx.now,
  through: END_OF_TIME,
});

export const heldOf = (tx: Tx, access: readonly Access[]): HeldAccess[] =>
  access.flatMap((row): HeldAccess[] =>
    row.entitlementId === undefined ? [] : clipped(tx, { ...row, entitlementId: row.entitlementId }),
  );

const comingWith = async (tx: Tx, proposed: readonly ProposedAccess[]): Promise<HeldAccess[]> =>
  (await comingWithEach(tx, proposed)).flat();

/** What each proposal brings along, for its time. */
export const comingWithEach = async (tx: Tx, proposed: readonly ProposedAccess[]): Promise<HeldAccess[][]> => {
  const entitlementIds = [...new Set(proposed.flatMap(({ entitlementId }) => entitlementId ?? []))];
  const roleIds = [...new Set(proposed.flatMap(({ roleId }) => roleId ?? []))];
  const reached = new Map<string, Reached[]>();
  for (const row of await reachedFrom(tx, { entitlementIds, roleIds }, foreverFrom(tx))) {
    const known = reached.get(row.originId);
    if (known === undefined) reached.set(row.originId, [row]);
    else known.push(row);
  }
  return proposed.map((proposal) =>
    (reached.get(proposal.entitlementId ?? proposal.roleId ?? '') ?? []).flatMap((row) =>
      intersectionOf([intervalOf(row)], [intervalOf(proposal)]).flatMap((together) =>
        clipped(tx, { ...row, ...timesOf(together) }),
      ),
    ),
  );
};

// What is over cannot be prevented any more.
const clipped = (tx: Tx, { entitlementId, systemId, path, ...times }: HeldAccess): HeldAccess[] =>
  intersectionOf([intervalOf(times)], [[tx.now.getTime(), Infinity]]).map((left) => ({
    entitlementId,
    systemId,
    path,
    ...timesOf(left),
  }));

/** One sentence for people: `"Pay and create vendors" (critical): create_vendor and pay_vendor from … until …`. */
export const describeConflict = ({ rule, sides, validFrom, validTo }: SodConflict): string => {
  const both = sides.map((side) => {
    const last = side.access[0]?.path.at(-1)?.name ?? '';
    return last === '' ? side.function : `${side.function} (${last})`;
  });
  const begins = `"${rule.name}" (${rule.severity}) keeps apart ${both.join(' and ')}`;
  if (rule.counts === 'same_session') return `${begins} within one session`;
  if (rule.counts === 'same_window') return `${begins} within ${rule.windowSeconds ?? 0} seconds of each other`;
  const until = validTo === null ? 'without an end' : `until ${validTo.toISOString()}`;
  return `${begins}; they would meet from ${validFrom.toISOString()} ${until}`;
};
