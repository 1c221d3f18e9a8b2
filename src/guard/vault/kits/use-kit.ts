import { equalBytes, open, type Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { kitDrilled, kitEnvelopeTaken, kitRetired, kitShareTaken } from './events.ts';
import { drillContext, kitKey, shareContext } from './make-kit.ts';
import { drillCode, printedShare } from './print-share.ts';
import { requireKit, type Kit } from './store.ts';

/** The envelope, to be kept apart from the shares. It opens with enough of them only. */
export async function takeEnvelope(ctx: Ctx, permit: Permit, id: string): Promise<string> {
  const kit = await requireKit(ctx.tx, id);
  const { envelope } = await ctx.tx.one<{ envelope: string }>(
    sql`select envelope from break_glass_kit where id = ${id}`,
  );
  await ctx.record(permit, { event: kitEnvelopeTaken, data: { kitId: id, name: kit.name } });
  return envelope;
}

/** Gives a holder their share, once, to be printed; it is gone from Reeve then. Who holds none is told of no kit. */
export async function takeShare(keys: Keys, ctx: Ctx, permit: Permit, id: string): Promise<{ share: string }> {
  const kit = await requireKit(ctx.tx, id);
  const mine = await ctx.tx.maybe<{ number: number; sealedShare: Buffer | null }>(
    sql`select number, sealed_share from break_glass_share where kit_id = ${id} and holder_id = ${ctx.principal.id}`,
  );
  if (mine === undefined) throw notFound('break_glass_kit', id);
  if (mine.sealedShare === null)
    throw conflict(
      'break_glass_kit.share_taken',
      'your share was given to you already',
      'where it is lost, make a new kit',
    );
  const share = open(kitKey(keys), mine.sealedShare, shareContext(id, mine.number));
  const printed = printedShare(id, mine.number, share);
  share.fill(0);
  await ctx.tx.run(sql`
    update break_glass_share set sealed_share = null, taken_at = ${ctx.now} where kit_id = ${id} and number = ${mine.number}`);
  await ctx.record(permit, {
    event: kitShareTaken,
    data: { kitId: id, name: kit.name, holderId: ctx.principal.id, number: mine.number },
  });
  return { share: printed };
}

/** Keeps a drill: with the code the opened kit gave for this one, it was opened; without one, it did not open. */
export async function recordDrill(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly code?: string | undefined; readonly note: string },
): Promise<Kit> {
  const kit = await requireKit(ctx.tx, input.id);
  const number = kit.drills + 1;
  if (input.code !== undefined) {
    const { sealedDrillKey } = await ctx.tx.one<{ sealedDrillKey: Buffer }>(
      sql`select sealed_drill_key from break_glass_kit where id = ${kit.id}`,
    );
    const drillKey = open(kitKey(keys), sealedDrillKey, drillContext(kit.id));
    if (!equalBytes(Buffer.from(drillCode(drillKey, number)), Buffer.from(input.code.trim().toLowerCase())))
      throw invalid('/code', `is not the code of drill ${number}`, `open the kit with --drill ${number}`);
  }
  const opened = input.code !== undefined;
  await ctx.tx.run(sql`
    insert into break_glass_drill (kit_id, number, opened, note, done_by, done_at)
    values (${kit.id}, ${number}, ${opened}, ${input.note}, ${ctx.principal.id}, ${ctx.now})`);
  await ctx.record(permit, {
    event: kitDrilled,
    subject: ctx.principal.id,
    data: { kitId: kit.id, name: kit.name, number, opened, note: input.note },
  });
  return await requireKit(ctx.tx, kit.id);
}

/** Uses a kit no more: shares nobody took are gone. Paper that is out still opens its envelope: change what lay in it. */
export async function retireKit(ctx: Ctx, permit: Permit, id: string): Promise<Kit> {
  const kit = await requireKit(ctx.tx, id);
  await ctx.tx.run(sql`update break_glass_kit set retired_at = ${ctx.now} where id = ${id}`);
  await ctx.tx.run(sql`update break_glass_share set sealed_share = null where kit_id = ${id}`);
  await ctx.record(permit, { event: kitRetired, data: { kitId: id, name: kit.name } });
  return kit;
}
