import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { inWords } from '../errors.ts';
import { identityImported } from '../events.ts';
import type { FactName, FactsDiff, IdentityFacts, IdentityKind, NewIdentityFacts } from '../model.ts';
import { FACT_NAMES, changedFacts, diffFacts, factsAt, sliceFacts } from './slice-facts.ts';
import {
  chunks,
  completeFacts,
  insertIdentities,
  insertSlices,
  lockIdentities,
  overlapCheckedAtEnd,
  readSlices,
  replaceSlices,
  type SliceRow,
} from './store-facts.ts';

/** One line of a feed, already correlated: the caller chose the id, new (from newId) or known. */
export interface IdentityRow {
  readonly identityId: string;
  readonly kind: IdentityKind;
  /** For a known identity only the facts given are compared and changed; for a new one the rest is empty. */
  readonly facts: NewIdentityFacts;
  /** Default: the transaction's instant. */
  readonly validFrom?: Date | undefined;
}

export interface PutResult {
  readonly created: readonly string[];
  readonly changed: readonly FactsDiff[];
  readonly unchanged: number;
}

interface Todo {
  readonly row: IdentityRow;
  readonly given: Partial<IdentityFacts>;
  readonly from: Date;
}

/** Ids an event carries at most, so that no event outgrows a page of the log. */
const BATCH = 1000;

const givenFacts = (facts: NewIdentityFacts): Partial<IdentityFacts> =>
  Object.fromEntries(FACT_NAMES.filter((n) => facts[n] !== undefined).map((n) => [n, facts[n]]));

/** The plan for one identity: its slices after the change, and what that changes at the change's first instant. */
function plan(todo: Todo, before: readonly SliceRow[]): { after: SliceRow[]; diff: FactsDiff } | undefined {
  const was = factsAt(before, todo.from) ?? before[0]?.facts;
  if (was === undefined) return undefined;
  if (changedFacts(was, { ...was, ...todo.given }).length === 0 && factsAt(before, todo.from) !== undefined)
    return undefined;
  const { identityId } = todo.row;
  const after = sliceFacts(before, todo.given, todo.from).map((s) => ({ ...s, identityId }));
  return { after, diff: diffFacts(identityId, todo.from, was, factsAt(after, todo.from) ?? was) };
}

/**
 * Puts many people of a feed at once: creates the unknown, changes what differs, leaves the rest untouched (no row
 * written, no history). Set-based; the cost a row does not grow with the number of identities. Managers and owners
 * may be rows of the same call. One audit event a batch, naming ids and facts, never their values.
 */
export async function putIdentities(
  ctx: Ctx,
  permit: Permit,
  input: { readonly origin: string; readonly rows: readonly IdentityRow[] },
): Promise<PutResult> {
  const ids = input.rows.map((r) => r.identityId);
  if (new Set(ids).size !== ids.length) throw invalid('/rows', 'an identity is in the batch twice', 'merge its rows');
  const known = new Map<string, SliceRow[]>();
  for (const chunk of chunks(ids)) for (const [id, slices] of await readSlices(ctx.tx, chunk)) known.set(id, slices);

  const todos = input.rows.map((row) => ({ row, given: givenFacts(row.facts), from: row.validFrom ?? ctx.now }));
  const fresh = todos.filter((t) => !known.has(t.row.identityId));
  const differing = todos.filter((t) => plan(t, known.get(t.row.identityId) ?? []) !== undefined);
  const put = async (): Promise<FactsDiff[]> => {
    await create(ctx, fresh);
    return await change(ctx, differing);
  };
  const changed = await inWords(() => overlapCheckedAtEnd(ctx.tx, put));
  const created = fresh.map((t) => t.row.identityId);
  const unchanged = todos.length - created.length - changed.length;
  await record(ctx, permit, { origin: input.origin, created, changed, unchanged });
  return { created, changed, unchanged };
}

async function create(ctx: Ctx, todos: readonly Todo[]): Promise<void> {
  await insertIdentities(
    ctx.tx,
    todos.map(({ row }) => ({ id: row.identityId, kind: row.kind })),
  );
  await insertSlices(
    ctx.tx,
    todos.map(({ row, from }) => ({
      identityId: row.identityId,
      facts: completeFacts(row.facts),
      validFrom: from,
      validTo: null,
    })),
  );
}

/** Changes the identities that differ, read again under lock: what was seen without one may have moved on. */
async function change(ctx: Ctx, todos: readonly Todo[]): Promise<FactsDiff[]> {
  const diffs: FactsDiff[] = [];
  for (const chunk of chunks(todos)) {
    const ids = chunk.map((t) => t.row.identityId);
    await lockIdentities(ctx.tx, ids);
    const slices = await readSlices(ctx.tx, ids);
    const [before, after]: [SliceRow[], SliceRow[]] = [[], []];
    for (const todo of chunk) {
      const mine = slices.get(todo.row.identityId) ?? [];
      const planned = plan(todo, mine);
      if (planned === undefined) continue;
      before.push(...mine);
      after.push(...planned.after);
      diffs.push(planned.diff);
    }
    await replaceSlices(ctx.tx, before, after);
  }
  return diffs;
}

async function record(ctx: Ctx, permit: Permit, done: PutResult & { readonly origin: string }): Promise<void> {
  const brief = done.changed.map((d): { identityId: string; changed: FactName[] } => ({
    identityId: d.identityId,
    changed: [...d.changed],
  }));
  const parts = Math.max(1, Math.ceil(Math.max(done.created.length, brief.length) / BATCH));
  for (let i = 0; i < parts; i += 1) {
    await ctx.record(permit, {
      event: identityImported,
      data: {
        origin: done.origin,
        created: done.created.slice(i * BATCH, (i + 1) * BATCH),
        changed: brief.slice(i * BATCH, (i + 1) * BATCH),
        unchanged: i === 0 ? done.unchanged : 0,
      },
    });
  }
}
