import { sql, type Tx } from '#kit/db/index.ts';
import { recordVerdicts, type SodWay } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { endGrants, startGrants } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { addItems, type ReceiptItem } from '../consequences/receipts.ts';
import { birthrightBlocked } from '../events.ts';
import { NOT_DUE, type Differences } from './find-differences.ts';
import { blockedOf, judgedStarts, type BlockedStart } from './judge-starts.ts';
import type { BirthrightRule } from './model.ts';
import { endOf, termsOf, type RuleTerms } from './store.ts';

/** One thing done about one person and rule. */
export interface Settled {
  readonly identityId: string;
  readonly ruleId: string;
  /** The grant started or ended; absent where separation of duties did not let it start. */
  readonly grantId?: string;
  readonly blocked?: string;
}

/**
 * Carries out what is to be done for people who are held: ends first, then starts, each judged by separation of duties
 * as a request would be, with what ends and what started before it counted. What follows is added to their receipts.
 * `terms` overrules those of rules that are not in force yet.
 */
export async function settleDifferences(
  ctx: Ctx,
  permit: Permit,
  differences: readonly Differences[],
  options: { readonly runId?: string | undefined; readonly terms?: ReadonlyMap<string, RuleTerms> | undefined } = {},
): Promise<readonly Settled[]> {
  const terms = new Map([...(await termsOf(ctx.tx, ruleIdsOf(differences))), ...(options.terms ?? [])]);
  const ended = await endAll(ctx, permit, differences, terms);
  const judged = await judgedStarts(ctx.tx, differences);
  const blocked = blockedOf(judged);
  const way = options.runId === undefined ? 'birthright' : 'feed';
  const passed = judged.filter(({ verdict }) => verdict.outcome !== 'blocked');
  await recordVerdicts(
    ctx,
    permit,
    passed.map(({ identityId, verdict }) => ({ identityId, way, verdict })),
  );
  await recordBlocked(ctx, permit, blocked, way);
  const isBlocked = new Set(blocked.map((b) => `${b.identityId} ${b.rule.id}`));
  const started = await startAll(
    ctx,
    permit,
    differences.flatMap((d) =>
      d.starts
        .filter((rule) => !isBlocked.has(`${d.identityId} ${rule.id}`))
        .map((rule) => ({ identityId: d.identityId, rule })),
    ),
  );
  await noteReceipts(ctx.tx, await receiptsOf(ctx.tx, differences, options.runId), [
    ...ended.map(({ identityId, ruleId, grantId, at }) => ({
      identityId,
      name: nameOf(terms, ruleId),
      subjectId: grantId,
      dueAt: at,
      ...(at > ctx.now ? { what: 'grant_ends_later' as const } : { what: 'grant_ended' as const, doneAt: at }),
    })),
    ...blocked.map(({ identityId, rule, because }) => ({
      identityId,
      what: 'grant_blocked' as const,
      name: nameOf(terms, rule.id),
      subjectId: rule.id,
      problem: because,
    })),
    ...started.map(({ identityId, ruleId, grantId }) => ({
      identityId,
      what: 'grant_started' as const,
      name: nameOf(terms, ruleId),
      subjectId: grantId,
      dueAt: ctx.now,
      doneAt: ctx.now,
    })),
  ]);
  return [
    ...ended,
    ...started,
    ...blocked.map(({ identityId, rule, because }) => ({ identityId, ruleId: rule.id, blocked: because })),
  ];
}

const nameOf = (terms: ReadonlyMap<string, RuleTerms>, ruleId: string): string => terms.get(ruleId)?.name ?? '';

const ruleIdsOf = (differences: readonly Differences[]): string[] => [
  ...new Set(differences.flatMap((d) => [...d.starts.map((r) => r.id), ...d.ends.map((e) => e.ruleId)])),
];

/** Says of each start that separation of duties did not let be, that it is so. */
export const recordBlocked = async (
  ctx: Ctx,
  permit: Permit,
  blocked: readonly BlockedStart[],
  way: SodWay = 'birthright',
): Promise<void> => {
  await recordVerdicts(
    ctx,
    permit,
    blocked.map(({ identityId, verdict }) => ({ identityId, way, verdict })),
  );
  await ctx.recordAll(
    permit,
    blocked.map(({ identityId, rule, because }) => ({
      event: birthrightBlocked,
      subject: identityId,
      data: { ruleId: rule.id, identityId, because },
    })),
  );
};

async function endAll(
  ctx: Ctx,
  permit: Permit,
  differences: readonly Differences[],
  terms: ReadonlyMap<string, RuleTerms>,
): Promise<{ identityId: string; ruleId: string; grantId: string; at: Date }[]> {
  const ends = differences.flatMap(({ identityId, ends: list }) =>
    list.map((end) => ({ ...end, identityId, at: endOf(terms.get(end.ruleId), ctx.now) })),
  );
  const ended = new Set(await endGrants(ctx, permit, { because: NOT_DUE, grants: ends }));
  return ends.filter((end) => ended.has(end.grantId));
}

async function startAll(
  ctx: Ctx,
  permit: Permit,
  starts: readonly { readonly identityId: string; readonly rule: BirthrightRule }[],
): Promise<{ identityId: string; ruleId: string; grantId: string }[]> {
  const ids = await startGrants(ctx, permit, {
    origin: 'birthright',
    grants: starts.map(({ identityId, rule }) => ({
      identityId,
      entitlementId: rule.entitlementId,
      roleId: rule.roleId,
      originId: rule.id,
      reason: `birthright: ${rule.name}`,
    })),
  });
  return starts.map(({ identityId, rule }, i) => ({ identityId, ruleId: rule.id, grantId: ids[i] ?? '' }));
}

/** Adds items to the receipts of those who have one; what ends is kept no more. */
async function noteReceipts(
  tx: Tx,
  receipts: ReadonlyMap<string, string>,
  items: readonly (Omit<ReceiptItem, 'receiptId'> & { readonly identityId: string })[],
): Promise<void> {
  if (receipts.size === 0) return;
  const noted = items.flatMap(({ identityId, ...item }) => {
    const receiptId = receipts.get(identityId);
    return receiptId === undefined ? [] : [{ receiptId, ...item }];
  });
  const ending = noted.filter((i) => i.what === 'grant_ended' || i.what === 'grant_ends_later').map((i) => i.subjectId);
  if (ending.length > 0)
    await tx.run(sql`
      delete from receipt_item where what = 'grant_kept' and subject_id = any(${ending}::uuid[])
         and receipt_id = any(${[...receipts.values()]}::uuid[])`);
  await addItems(tx, noted);
}

/** The receipts that what follows now belongs to: those of the run, else those of the last hour. */
async function receiptsOf(
  tx: Tx,
  differences: readonly Differences[],
  runId: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const identityIds = differences.map((d) => d.identityId);
  const rows = await tx.many<{ identityId: string; id: string }>(sql`
    select distinct on (identity_id) identity_id, id from lifecycle_receipt
     where identity_id = any(${sql.array(identityIds)}::uuid[]) and what in ('joined', 'moved', 'returned')
       and ${runId === undefined ? sql`at > ${tx.now}::timestamptz - interval '1 hour'` : sql`run_id = ${runId}`}
     order by identity_id, id desc`);
  return new Map(rows.map((r) => [r.identityId, r.id]));
}
