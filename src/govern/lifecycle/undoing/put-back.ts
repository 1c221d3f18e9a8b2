import { sql, type Tx } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { holdIdentities, putIdentities, startGrant, type IdentityRow, type IdentityState } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { join, move } from '../consequences/come-and-move.ts';
import { leave } from '../consequences/leave.ts';
import { addItems, type LifeChange, type ReceiptItem } from '../consequences/receipts.ts';
import { UNLOCK_ACCOUNT } from '../consequences/unlock-account.ts';
import { kindOfChange } from '../runs/facts-of.ts';
import type { FeedRun } from '../runs/model.ts';
import type { PeopleSource } from '../sources/model.ts';
import { lockSource } from '../sources/store.ts';
import { readChanged, type Changed } from './find-changed.ts';
import { beBack, goAway } from '../owners/follow-absence.ts';
import { keepNamesApart } from './free-usernames.ts';
import { grantsAgain } from './grants-again.ts';
import { restoreRecords } from './restore-records.ts';
import { factsOfKept, restoredRow } from './restored-facts.ts';
import { settleBirthrights } from './settle-birthrights.ts';

/** What became of one person. */
export type PutBack = { readonly problem: string } | { readonly notes: readonly string[] };

/** Somebody and what they are made again. */
interface Step {
  readonly person: Changed;
  readonly state: IdentityState;
}

/**
 * Takes back what a run did to these people, with all that follows, looked at again at this moment: who was changed
 * since is left alone.
 */
export async function putBack(
  ctx: Ctx,
  permit: Permit,
  of: { readonly run: FeedRun; readonly source: PeopleSource },
  identityIds: readonly string[],
): Promise<ReadonlyMap<string, PutBack>> {
  const { tx } = ctx;
  await lockSource(tx, of.source.id);
  await tx.run(sql`
    select from source_record where identity_id = any(${sql.array(identityIds)}::uuid[])
     order by source_id, external_id for no key update`);
  await holdIdentities(tx, identityIds);
  const found = await readChanged(tx, of.run, identityIds);
  const outcomes = new Map<string, PutBack>(
    identityIds.map((id) => [id, { problem: 'nothing of it is left to take back' }]),
  );
  for (const { identityId, changedSince } of found)
    if (changedSince !== null) outcomes.set(identityId, { problem: `changed since: ${changedSince}` });
  const due = found.filter((p) => p.changedSince === null);
  for (const [id, notes] of await putBackAll(ctx, permit, of, due)) outcomes.set(id, { notes });
  return outcomes;
}

async function putBackAll(
  ctx: Ctx,
  permit: Permit,
  { run, source }: { readonly run: FeedRun; readonly source: PeopleSource },
  people: readonly Changed[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (people.length === 0) return new Map();
  const { tx } = ctx;
  const ids = sql.array(people.map((p) => p.identityId));
  const notes = new Map<string, string[]>(people.map((p) => [p.identityId, []]));
  const note = (id: string, text: string): void => void notes.get(id)?.push(text);
  const owners = await everOwned(tx, people);
  const suspended = await suspendedOf(tx, people);
  const wanted = people.map((person): IdentityRow =>
    restoredRow(person, {
      timeZone: source.timeZone,
      at: ctx.now,
      suspended: suspended.has(person.identityId),
      nameIsFree: !owners.has(person.identityId),
    }),
  );
  const now = new Map(
    people.map((p) => [p.identityId, typeof p.now?.['username'] === 'string' ? p.now['username'] : null]),
  );
  const { rows, without } = await keepNamesApart(tx, wanted, now);
  await putIdentities(ctx, permit, { origin: `undo of ${source.name} run ${run.id}`, rows });
  await restoreRecords(tx, run, sql`b.identity_id = any(${ids}::uuid[])`);
  await tx.run(sql`
    update source_record s set state = f.state from identity_facts f
     where s.identity_id = any(${ids}::uuid[]) and s.state = 'suspended'
       and f.identity_id = s.identity_id and f.valid_to is null and f.state <> 'suspended'`);
  const steps = people.map((person, i): Step => ({ person, state: wanted[i]?.facts.state ?? 'leaver' }));
  for (const { person, state } of steps) {
    const id = person.identityId;
    if (without.has(id)) note(id, 'the username stays: the one before is somebody else’s now');
    if (person.facts === null && owners.has(id) && now.get(id) !== null)
      note(id, 'the username stays theirs, because they had an account');
    if (state === 'suspended' && suspended.has(id)) note(id, 'stays suspended, for a reason of their own');
  }
  await follow(ctx, permit, { run, source }, steps, note);
  return notes;
}

/** Who leaves, comes back, rests or works elsewhere again, and what they had. */
async function follow(
  ctx: Ctx,
  permit: Permit,
  { run, source }: { readonly run: FeedRun; readonly source: PeopleSource },
  steps: readonly Step[],
  note: (identityId: string, text: string) => void,
): Promise<void> {
  const change = ({ person }: Step): LifeChange => ({
    identityId: person.identityId,
    effectiveAt: ctx.now,
    because: `the delivery of ${source.name} that said otherwise was taken back`,
  });
  const is = (s: Step, state: IdentityState): boolean => s.state === state;
  const was = (s: Step, state: IdentityState): boolean => s.person.stateNow === state;
  const away = (state: IdentityState | null): boolean => state === 'leave' || state === 'suspended';
  await goAway(ctx, permit, steps.filter((s) => was(s, 'active') && away(s.state)).map(change));
  await beBack(ctx, permit, steps.filter((s) => is(s, 'active') && away(s.person.stateNow)).map(change));
  const returning = steps.filter((s) => was(s, 'leaver') && !is(s, 'leaver'));
  const receipts = await join(ctx, permit, 'returned', returning.map(change));
  await ownersAgain(ctx, permit, steps);
  await leave(ctx, permit, steps.filter((s) => is(s, 'leaver') && !was(s, 'leaver')).map(change));
  const again = await giveAgain(ctx, permit, { run, receipts }, note);
  await move(
    ctx,
    permit,
    steps.flatMap((s) => movedBack(s).map((changed) => ({ ...change(s), changed }))),
    {
      tell: false,
    },
  );
  await settleBirthrights(
    ctx,
    permit,
    steps.filter((s) => !is(s, 'leaver')),
    again,
  );
}

/**
 * Whoever is back takes back what went to others when the run made them leave; where the run itself had named them as
 * who answers for somebody, that one has again whom they had before.
 */
async function ownersAgain(ctx: Ctx, permit: Permit, steps: readonly Step[]): Promise<void> {
  const owned = steps.flatMap(({ person }) =>
    person.facts === null || person.kind !== 'vendor' ? [] : [{ person, facts: factsOfKept(person.facts) }],
  );
  if (owned.length === 0) return;
  await putIdentities(ctx, permit, {
    origin: 'undo of a delivery',
    rows: owned.map(({ person, facts }) => ({
      identityId: person.identityId,
      kind: person.kind,
      facts: { displayName: facts.displayName, ownerId: facts.ownerId },
    })),
  });
}

/** The facts by which somebody works elsewhere again; nothing for who does not. */
function movedBack({ person, state }: Step): (readonly string[])[] {
  if (person.facts === null || person.now === null || state === 'leaver' || person.stateNow === 'leaver') return [];
  const { what, changed } = kindOfChange(factsOfKept(person.now), factsOfKept(person.facts));
  return what === 'move' ? [changed] : [];
}

/** What ended with their leaving starts again, and what was locked for it is opened. Returns the grants. */
async function giveAgain(
  ctx: Ctx,
  permit: Permit,
  { run, receipts }: { readonly run: FeedRun; readonly receipts: ReadonlyMap<string, string> },
  note: (identityId: string, text: string) => void,
): Promise<string[]> {
  const ids = [...receipts.keys()];
  const items: ReceiptItem[] = [];
  const started: string[] = [];
  for (const grant of await grantsAgain(ctx.tx, run.id, ids)) {
    if (grant.problem !== null) {
      note(grant.identityId, `not given again: ${grant.name}: ${grant.problem}`);
      continue;
    }
    const { id } = await startGrant(ctx, permit, {
      identityId: grant.identityId,
      entitlementId: grant.entitlementId ?? undefined,
      roleId: grant.roleId ?? undefined,
      validFrom: grant.validFrom > ctx.now ? grant.validFrom : undefined,
      validTo: grant.validTo ?? undefined,
      origin: grant.origin,
      originId: grant.originId ?? undefined,
      reason: grant.reason ?? 'their leaving was taken back',
      said: `leaving was taken back: goes on from grant ${grant.id}`,
      goesOnFrom: grant.id,
    });
    started.push(id);
    const receiptId = receipts.get(grant.identityId) ?? '';
    items.push({ receiptId, what: 'grant_started', subjectId: id, name: grant.name, dueAt: ctx.now, doneAt: ctx.now });
  }
  for (const account of await lockedAccounts(ctx.tx, run.id, ids)) {
    const receiptId = receipts.get(account.identityId) ?? '';
    items.push({ receiptId, what: 'account_opened', subjectId: account.id, name: account.name, dueAt: ctx.now });
    await enqueue(ctx.tx, UNLOCK_ACCOUNT, { accountId: account.id, receiptId });
  }
  await addItems(ctx.tx, items);
  return started;
}

/** Accounts that were to be locked when a run made leavers of these people, and are theirs still. */
const lockedAccounts = async (
  tx: Tx,
  runId: string,
  identityIds: readonly string[],
): Promise<{ readonly id: string; readonly identityId: string; readonly name: string }[]> =>
  await tx.many(sql`
    select a.id, a.identity_id, i.name from lifecycle_receipt r
      join receipt_item i on i.receipt_id = r.id and i.what = 'account_locked'
      join account a on a.id = i.subject_id and a.identity_id = r.identity_id and a.valid_to is null
     where r.run_id = ${runId} and r.what = 'left' and r.identity_id = any(${sql.array(identityIds)}::uuid[]) order by a.id`);

/** Those who are suspended for a reason of their own, which no source ends. */
const suspendedOf = async (tx: Tx, people: readonly Changed[]): Promise<ReadonlySet<string>> => {
  const rows = await tx.many<{ id: string }>(sql`
    select distinct identity_id as id from suspension
     where ended_at is null and identity_id = any(${sql.array(people.map((p) => p.identityId))}::uuid[])`);
  return new Set(rows.map((r) => r.id));
};

/** Those who have or ever had an account. */
const everOwned = async (tx: Tx, people: readonly Changed[]): Promise<ReadonlySet<string>> => {
  const owners = await tx.many<{ id: string }>(sql`
    select distinct identity_id as id from account_owner where identity_id = any(${sql.array(people.map((p) => p.identityId))}::uuid[])`);
  return new Set(owners.map((r) => r.id));
};
