import { sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import {
  describeEntitlement,
  getEntitlements,
  getIdentities,
  type EntitlementDescription,
} from '#spine/graph/index.ts';
import {
  judgeMassEffect,
  planMassChange,
  type MassItem,
  type MassKind,
  type Outcome,
} from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { changesOf, refusalOf, type Edit, type FieldChange, type Marked } from './model.ts';

/** Entitlements by id with their marks. */
export async function getMarked(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, Marked>> {
  const marks = new Map(
    (
      await tx.many<{ id: string; marked: boolean }>(
        sql`select id, marked_privileged as marked from entitlement where id = any(${sql.array([...ids])}::uuid[])`,
      )
    ).map((row) => [row.id, row.marked]),
  );
  return new Map(
    (await getEntitlements(tx, ids)).map((e) => [e.id, { ...e, markedPrivileged: marks.get(e.id) ?? false }]),
  );
}

export interface PreviewedEdit {
  readonly id: string;
  readonly name: string;
  readonly systemId: string;
  readonly changes: readonly FieldChange[];
  readonly refused: string | null;
}
export interface EditsPreview {
  readonly asked: number;
  readonly changed: readonly PreviewedEdit[];
  readonly refused: readonly PreviewedEdit[];
  /** Why applying it would wait for another person. */
  readonly over: readonly string[];
}

/** What edits would do, without doing it. */
export async function previewEdits(tx: Tx, edits: readonly Edit[]): Promise<EditsPreview> {
  const known = await getMarked(
    tx,
    edits.map((e) => e.entitlementId),
  );
  const owners = [...new Set(edits.flatMap((e) => e.say.ownerId ?? []))];
  const people = new Set((await getIdentities(tx, owners)).map((i) => i.id));
  const all = edits.flatMap((edit): PreviewedEdit[] => {
    const entitlement = known.get(edit.entitlementId);
    if (entitlement === undefined) return [];
    const nobody = typeof edit.say.ownerId === 'string' && !people.has(edit.say.ownerId);
    const refused = nobody ? 'would be owned by nobody who is known' : refusalOf(entitlement, edit);
    const { id, name, systemId } = entitlement;
    return [{ id, name, systemId, changes: changesOf(entitlement, edit), refused: refused ?? null }];
  });
  const changed = all.filter((e) => e.changes.length > 0);
  const counts = new Map<string, number>();
  for (const { systemId } of changed) counts.set(systemId, (counts.get(systemId) ?? 0) + 1);
  const over = await judgeMassEffect(
    tx,
    catalogueEdits,
    [...counts].map(([systemId, n]) => ({ effect: 'update' as const, systemId, n })),
  );
  return {
    asked: edits.length,
    changed: changed.filter((e) => e.refused === null),
    refused: changed.filter((e) => e.refused !== null),
    over: over.map((o) => o.detail),
  };
}

/** What became of edits: all were made, or all wait. */
export interface EditsDone {
  readonly changed: number;
  /** The plan that waits for a named person, where it is over a limit of the change guard. */
  readonly heldAs: string | null;
}

/** Makes edits so, all or none. Over a limit of the change guard nothing is changed: the plan waits until a person accepts it. */
export async function applyEdits(
  ctx: Ctx,
  permit: Permit,
  input: { readonly edits: readonly Edit[]; readonly title: string },
): Promise<EditsDone> {
  const preview = await previewEdits(ctx.tx, input.edits);
  const [first] = preview.refused;
  if (first !== undefined)
    throw new AppError({
      code: 'catalogue.edit_refused',
      status: 422,
      detail: `${preview.refused.length} of ${preview.changed.length + preview.refused.length} cannot be changed so; nothing was changed. First: ${first.name} ${first.refused ?? ''}`,
      fix: 'look at the preview, give what is missing or leave them out',
      errors: preview.refused
        .slice(0, 100)
        .map((r) => ({ pointer: `/${r.id}`, detail: `${r.name} ${r.refused ?? ''}` })),
    });
  const due = new Set(preview.changed.map((e) => e.id));
  const edits = input.edits.filter((e) => due.has(e.entitlementId));
  if (preview.over.length === 0) {
    for (const { entitlementId, say } of edits.toSorted((a, b) => (a.entitlementId < b.entitlementId ? -1 : 1)))
      await describeEntitlement(ctx, permit, { entitlementId, ...say });
    return { changed: edits.length, heldAs: null };
  }
  const names = new Map(preview.changed.map((e) => [e.id, e]));
  const rows = edits.map(({ entitlementId, say }) => ({
    system_id: names.get(entitlementId)?.systemId,
    what: `say anew: ${names.get(entitlementId)?.name ?? ''} (${(names.get(entitlementId)?.changes ?? []).map((c) => c.field).join(', ')})`,
    data: { entitlementId, say },
  }));
  const plan = await planMassChange(ctx, permit, catalogueEdits, {
    key: ctx.principal.id,
    title: input.title,
    items: sql`
      select 'update' as effect, r.system_id, null::uuid as identity_id, r.what, r.data
        from jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(system_id uuid, what text, data jsonb)`,
  });
  return { changed: 0, heldAs: plan?.id ?? null };
}

interface Kept {
  readonly entitlementId: string;
  readonly say: EntitlementDescription;
  readonly before?: EntitlementDescription;
}

/** Changes of many entitlements at once, as the change guard knows them. */
export const catalogueEdits: MassKind = {
  kind: 'catalogue_edit',
  population: async (tx) =>
    new Map(
      (
        await tx.many<{ systemId: string; n: number }>(
          sql`select system_id, count(*)::int as n from catalogue_entry group by 1`,
        )
      ).map((row) => [row.systemId, row.n]),
    ),
  apply: async (ctx, permit, items) => {
    const outcomes: Outcome[] = [];
    for (const item of items) outcomes.push(await say(ctx, permit, item, (kept) => kept.say));
    return outcomes;
  },
  undo: async (ctx, permit, items) => {
    const outcomes: Outcome[] = [];
    for (const item of items) outcomes.push(await say(ctx, permit, item, (kept) => kept.before ?? {}));
    return outcomes;
  },
};

async function say(
  ctx: Ctx,
  permit: Permit,
  item: MassItem,
  which: (kept: Kept) => EntitlementDescription,
): Promise<Outcome> {
  const kept = item.data as unknown as Kept;
  const entitlement = (await getMarked(ctx.tx, [kept.entitlementId])).get(kept.entitlementId);
  const edit = { entitlementId: kept.entitlementId, say: which(kept) };
  const refused = entitlement === undefined ? 'is not known any more' : refusalOf(entitlement, edit);
  if (entitlement === undefined || refused !== undefined)
    return { position: item.position, state: 'skipped', problem: refused ?? 'is not known any more' };
  const before = Object.fromEntries(
    changesOf(entitlement, edit).flatMap((c) => (c.field === 'reviewed' ? [] : [[c.field, c.from]])),
  );
  await describeEntitlement(ctx, permit, { ...edit.say, entitlementId: kept.entitlementId });
  return { position: item.position, state: 'done', data: { ...kept, before } };
}
