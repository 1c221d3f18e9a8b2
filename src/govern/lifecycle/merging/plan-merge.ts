import type { Tx } from '#kit/db/index.ts';
import { AppError, conflict, denied } from '#kit/errors/index.ts';
import { describeConflict, sodVerdictOnUnion } from '#spine/decide/index.ts';
import { loadPrincipals, survivorsOf, type Identity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { rulesDecidedAgainst } from '../birthrights/find-differences.ts';
import { factsOfRecords, movesOf } from './facts-of-records.ts';
import { piecesOf } from './find-pieces.ts';
import { refusalsOfRuns } from './hold-everything.ts';
import type { Charges, GrantMove, GrantPiece, MergePlan, Pieces, RecordMove } from './model.ts';

/** What a merge leans on of its caller. */
type Asked = Pick<Ctx, 'tx' | 'now' | 'principal'>;

/**
 * All that making one of two identities does, and why it may not be done. Reads, and changes nothing: what is shown
 * before and what is carried out are this.
 */
export async function planMerge(
  ctx: Asked,
  pair: { readonly duplicate: Identity; readonly survivor: Identity },
): Promise<MergePlan> {
  const { tx } = ctx;
  const duplicate = await piecesOf(tx, pair.duplicate);
  const survivor = await piecesOf(tx, pair.survivor);
  const records = moveRecords(duplicate, survivor);
  const readAfter = [
    ...survivor.records.filter((r) => !r.aside && !records.some((m) => m.record === r)),
    ...records.flatMap((m) => (m.what === 'moves' ? [m.record] : [])),
  ];
  const ids = [pair.duplicate.id, pair.survivor.id];
  const moved = records.some((m) => m.what === 'moves');
  const change = await factsOfRecords(tx, pair.survivor, moved ? readAfter.map((r) => r.said) : [], {
    same: ids,
  });
  const { blocking, warnings } = await judge(tx, pair);
  const plan = {
    duplicate,
    survivor,
    warnings,
    change,
    facts: movesOf(pair.survivor, change),
    accounts: duplicate.accounts,
    records,
    grants: moveGrants(duplicate.grants, survivor.grants, await rulesDecidedAgainst(tx, pair.survivor.id), ctx.now),
  };
  const refusals = [
    ...(await refusalsOfWho(ctx, pair)),
    ...refusalsOfManaged(ctx.principal, duplicate.charges),
    ...refusalsOfRecords(plan),
    ...(await refusalsOfRuns(tx, ids)),
    ...blocking,
  ];
  return { ...plan, refusals };
}

/**
 * One row of a source counts for one person: where both have one in the same source, the one that is still delivered
 * counts, else the survivor's, and the other is put aside. What was aside before stays so.
 */
function moveRecords(duplicate: Pieces, survivor: Pieces): RecordMove[] {
  return duplicate.records.flatMap((record): RecordMove[] => {
    const own = survivor.records.find((r) => r.sourceId === record.sourceId && !r.aside);
    const of = 'duplicate';
    if (record.aside || (own !== undefined && (own.present || !record.present)))
      return [{ record, of, what: 'put_aside' }];
    const moves: RecordMove = { record, of, what: 'moves' };
    return own === undefined ? [moves] : [{ record: own, of: 'survivor', what: 'put_aside' }, moves];
  });
}

/**
 * Each grant of the duplicate: what the survivor has for as long, and from the same kind of cause, is not given twice;
 * what a rule gave the one and a person took away from the other is not given again.
 */
function moveGrants(
  from: readonly GrantPiece[],
  to: readonly GrantPiece[],
  takenAway: ReadonlySet<string>,
  now: Date,
): GrantMove[] {
  const over = (g: GrantPiece): boolean => g.gone || (g.validTo !== null && g.validTo <= now);
  const decided = (g: GrantPiece): boolean =>
    g.origin === 'birthright' && g.originId !== null && takenAway.has(g.originId);
  return from.map((grant): GrantMove => {
    if (over(grant) || decided(grant)) return { grant, what: 'ends', same: null };
    const same = to.find((own) => !over(own) && givesAsMuch(own, grant, now));
    return same === undefined ? { grant, what: 'moves', same: null } : { grant, what: 'same', same: same.id };
  });
}

const givesAsMuch = (own: GrantPiece, grant: GrantPiece, now: Date): boolean =>
  own.entitlementId === grant.entitlementId &&
  own.roleId === grant.roleId &&
  (grant.origin === 'birthright'
    ? own.origin === 'birthright' && own.originId === grant.originId
    : own.origin !== 'birthright') &&
  (own.validFrom <= now || own.validFrom <= grant.validFrom) &&
  (own.validTo === null || (grant.validTo !== null && grant.validTo <= own.validTo));

async function judge(
  tx: Tx,
  { duplicate, survivor }: { readonly duplicate: Identity; readonly survivor: Identity },
): Promise<{ readonly blocking: AppError[]; readonly warnings: string[] }> {
  const { conflicts } = await sodVerdictOnUnion(tx, survivor.id, duplicate.id);
  const enforced = conflicts.filter((c) => c.rule.mode === 'enforce');
  const [first] = enforced;
  return {
    warnings: conflicts.filter((c) => c.rule.mode !== 'enforce').map(describeConflict),
    blocking:
      first === undefined
        ? []
        : [
            new AppError({
              code: 'sod.conflict',
              status: 409,
              detail: enforced.map(describeConflict).join('; '),
              fix: 'end one side first, or have the rule excepted for the one who stays',
              extra: { rules: [...new Set(enforced.map((c) => c.rule.id))] },
            }),
          ],
  };
}

const HUMAN: ReadonlySet<string> = new Set(['person', 'vendor']);

/** Who may be merged by whom, whatever they have. */
async function refusalsOfWho(
  { tx, principal }: Asked,
  { duplicate, survivor }: { readonly duplicate: Identity; readonly survivor: Identity },
): Promise<AppError[]> {
  const refusals: AppError[] = [];
  const both = [duplicate, survivor];
  const merged = await survivorsOf(tx, [duplicate.id, survivor.id]);
  for (const one of both) {
    const now = merged.get(one.id);
    if (now !== undefined)
      refusals.push(
        conflict(
          'identity.merged_already',
          `${one.displayName} (${one.id}) is ${now.displayName} (${now.identityId}) since ${now.since.toISOString()}`,
          `name ${now.username ?? now.identityId}, or take that merge back first`,
        ),
      );
  }
  // The survivor would have the accounts of somebody who is shut out.
  if (duplicate.state === 'suspended')
    refusals.push(
      conflict(
        'identity.is_suspended',
        `${duplicate.displayName} is suspended`,
        'let them in again first, or suspend the one who stays and then let the duplicate in',
      ),
    );
  if (duplicate.kind !== survivor.kind && !(HUMAN.has(duplicate.kind) && HUMAN.has(survivor.kind)))
    refusals.push(
      conflict(
        'identity.merge_kinds',
        `${duplicate.displayName} is a ${duplicate.kind} and ${survivor.displayName} is a ${survivor.kind}`,
        'only people are one with people, and anything else with its kind',
      ),
    );
  refusals.push(...(await refusalsOfAsker(tx, principal, both)));
  return refusals;
}

/** Nobody says of themself, or of what is theirs, who it is; and only an administrator says it of those who run Reeve. */
export async function refusalsOfAsker(
  tx: Tx,
  principal: Ctx['principal'],
  about: readonly Pick<Identity, 'id' | 'ownerId' | 'displayName'>[],
): Promise<AppError[]> {
  if (principal.kind !== 'identity')
    return [denied('identity.merge_by_person', 'a person says who is who', 'sign in and say it')];
  if (about.some((one) => one.id === principal.id || one.ownerId === principal.id))
    return [
      denied(
        'identity.own_benefit',
        'nobody says who they themselves are, or what is theirs is',
        'ask another administrator or security officer',
      ),
    ];
  const roles = await loadPrincipals(tx, [principal.id, ...about.map((one) => one.id)]);
  const asker = roles.find((r) => r.id === principal.id);
  const running = roles.filter((r) => r.id !== principal.id && r.roles.length > 0);
  if (running.length === 0 || asker?.roles.includes('administrator') === true) return [];
  return [
    denied(
      'identity.runs_reeve',
      `${about.find((one) => one.id === running[0]?.id)?.displayName ?? 'one of them'} runs, watches or audits Reeve`,
      'ask an administrator',
    ),
  ];
}

/** One's own manager decides who approves for one: nobody says who that is. */
export const refusalsOfManaged = (principal: Ctx['principal'], charges: Charges): AppError[] =>
  [...charges.reports, ...charges.owned].some((one) => one.id === principal.id)
    ? [
        denied(
          'identity.own_benefit',
          'it would say who your own manager is',
          'ask another administrator or security officer',
        ),
      ]
    : [];

function refusalsOfRecords(plan: Omit<MergePlan, 'refusals'>): AppError[] {
  const { duplicate, survivor, records, change } = plan;
  const refusals: AppError[] = [];
  const pushedTwice = records.find(
    ({ record, of, what }) => of === 'duplicate' && what === 'put_aside' && record.kind !== 'hr_csv' && record.present,
  );
  if (pushedTwice !== undefined)
    refusals.push(
      conflict(
        'identity.merge_same_directory',
        `${pushedTwice.record.source} pushes both, as two users`,
        `have ${pushedTwice.record.externalId} removed there first`,
      ),
    );
  const state = change.state ?? survivor.identity.state;
  if (state === 'leaver' && duplicate.identity.state !== 'leaver')
    refusals.push(
      conflict(
        'identity.merge_into_leaver',
        `${survivor.identity.displayName} has left and would stay so, while ${duplicate.identity.displayName} works here`,
        'merge the one who left into the one who works here',
      ),
    );
  return refusals;
}
