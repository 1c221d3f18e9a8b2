import { sql, type Tx } from '#kit/db/index.ts';
import { AppError, conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import {
  applyReading,
  describeEntitlement,
  findEntitlement,
  findIdentityByUsername,
  getSystem,
  registerSystem,
  type ReadingCounts,
  type System,
  type SystemReading,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { systemImported } from '../events.ts';
import { readExport, type Described, type ExportFiles } from './read-export.ts';

/** What may go with an export before a person has to say so: this share, or this many. */
const LOSS = { percent: 20, free: 10 } as const;

export interface ImportResult {
  readonly systemId: string;
  readonly created: boolean;
  readonly counts: ReadingCounts;
  /** Entitlements whose owner, description, risk and requestability were taken over. */
  readonly described: number;
}

/**
 * Takes the export of a system that Reeve cannot reach as a whole reading of it: what is in it is there, what is not
 * in it is gone. Holdings have the quality `reported`. The export is checked through before anything is touched, and
 * one that would take away a fifth of the accounts or holdings is refused unless the caller says that they are gone.
 * What Reeve's own people said of an entitlement wins over the export.
 */
export async function importSystem(
  ctx: Ctx,
  permit: Permit<'system.import'>,
  input: ExportFiles & { readonly system: string; readonly ownerId?: string | undefined; readonly acceptLoss: boolean },
): Promise<ImportResult> {
  const { reading, described, problems } = await readExport(input);
  if (problems.length > 0) {
    throw new AppError({
      code: 'export.malformed',
      status: 422,
      detail: `${problems.length} problems in the export; nothing was changed`,
      fix: 'mend the files and send them all again',
      errors: problems.slice(0, 50).map((p) => ({
        pointer: `/${p.file}`,
        detail: p.row === undefined ? p.detail : `row ${p.row}: ${p.detail}`,
      })),
    });
  }
  const known = await getSystem(ctx.tx, input.system);
  if (known !== undefined && known.kind !== 'export')
    throw conflict('export.system_is_read', `${known.name} is read through its connector`, 'use another name');
  if (known !== undefined && !input.acceptLoss) await refuseLoss(ctx.tx, known, reading);
  const system =
    known ?? (await registerSystem(ctx, permit, { name: input.system, kind: 'export', ownerId: input.ownerId }));
  const { counts } = await applyReading(ctx, permit, {
    systemId: system.id,
    reading,
    trusted: true,
    quality: 'reported',
  });
  const taken = await describe(ctx, permit, system.id, described);
  await ctx.record(permit, {
    event: systemImported,
    data: { systemId: system.id, acceptLoss: input.acceptLoss, described: taken },
  });
  return { systemId: system.id, created: known === undefined, counts, described: taken };
}

/** An export that broke off looks like one of a system in which much was deleted. */
async function refuseLoss(tx: Tx, system: System, reading: SystemReading): Promise<void> {
  const now = await tx.one<{ accounts: number; gone: number; holdings: number }>(sql`
    select count(*)::int as accounts,
           (count(*) filter (where a.native_id <> all(${reading.accounts.map((a) => a.nativeId)}::text[])))::int as gone,
           (select count(*)::int from holding h join account b on b.id = h.account_id
             where b.system_id = ${system.id} and h.valid_to is null) as holdings
      from account a where a.system_id = ${system.id} and a.valid_to is null`);
  const lost = [
    ['accounts', now.gone, now.accounts],
    ['holdings', now.holdings - reading.holdings.length, now.holdings],
  ] as const;
  for (const [what, gone, of] of lost) {
    const most = Math.max(LOSS.free, Math.floor((LOSS.percent * of) / 100));
    if (gone > most)
      throw conflict(
        'export.too_much_gone',
        `${gone} of ${of} ${what} of ${system.name} are not in this export (${most} may be missing); nothing was changed`,
        'send the whole export, or say acceptLoss when they are gone',
      );
  }
}

/** Takes over what the export says of entitlements nobody has described yet. */
async function describe(ctx: Ctx, permit: Permit, systemId: string, described: readonly Described[]): Promise<number> {
  let taken = 0;
  const owners = new Map<string, string | undefined>();
  for (const said of described) {
    const entitlement = await findEntitlement(ctx.tx, systemId, said.nativeId);
    if (entitlement === undefined || entitlement.description !== null || entitlement.ownerId !== null) continue;
    if (!owners.has(said.ownerUsername) && said.ownerUsername !== '')
      owners.set(said.ownerUsername, (await findIdentityByUsername(ctx.tx, said.ownerUsername))?.id);
    const ownerId = owners.get(said.ownerUsername);
    if (said.description === '' && ownerId === undefined) continue;
    await describeEntitlement(ctx, permit, {
      entitlementId: entitlement.id,
      description: said.description === '' ? undefined : said.description,
      ownerId,
      risk: said.risk,
      requestable: said.requestable && said.description !== '' && ownerId !== undefined,
    });
    taken += 1;
  }
  return taken;
}
