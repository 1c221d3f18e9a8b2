import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { invalid, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { findIdentityByUsername, getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { takeScore } from '../estate/score.ts';
import { findingAccepted, findingOwned } from '../events.ts';
import { lockFinding } from '../store.ts';

const LONGEST_DAYS = 366;

/** Leaves a finding as it is for a time, with the reason. It opens again when the time is over, or when it gets worse. */
export async function acceptFinding(
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly because: string; readonly until: Date },
): Promise<void> {
  const found = await lockFinding(ctx.tx, input.id);
  if (input.until <= ctx.now) throw invalid('/until', 'is past', 'name a day to come');
  if (input.until.getTime() > ctx.now.getTime() + LONGEST_DAYS * 86_400_000)
    throw invalid('/until', 'is more than a year away', 'accept it for a year at most; it can be accepted again');
  await ctx.tx.run(sql`
    update finding set state = 'accepted', accepted_because = ${input.because}, accepted_by = ${ctx.principal.id}, accepted_until = ${input.until}
     where id = ${found.id}`);
  await ctx.record(permit, {
    event: findingAccepted,
    subject: ctx.principal.id,
    data: {
      findingId: found.id,
      systemId: found.systemId,
      kind: found.kind,
      until: input.until.toISOString(),
      because: input.because,
    },
  });
  await takeScore(ctx, found.systemId);
}

/** Says who answers for a path: for all that is found about that account on that system. */
export async function assignOwner(
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly owner: string; readonly because: string },
): Promise<{ readonly findings: number }> {
  const found = await lockFinding(ctx.tx, input.id);
  const owner = z.uuid().safeParse(input.owner).success
    ? await getIdentity(ctx.tx, input.owner)
    : await findIdentityByUsername(ctx.tx, input.owner);
  if (owner === undefined) throw notFound('identity', input.owner);
  if (owner.state === 'leaver') throw invalid('/owner', 'has left', 'name somebody who is here');
  const same =
    found.nativeId === ''
      ? sql`id = ${found.id}`
      : sql`system_id = ${found.systemId} and account_name = ${found.nativeId} and state <> 'gone'`;
  const findings = await ctx.tx.run(
    sql`update finding set owner_id = ${owner.id}, owned_because = ${input.because} where ${same}`,
  );
  await ctx.record(permit, {
    event: findingOwned,
    subject: ctx.principal.id,
    data: {
      findingId: found.id,
      systemId: found.systemId,
      kind: found.kind,
      ownerId: owner.id,
      because: input.because,
    },
  });
  await takeScore(ctx, found.systemId);
  return { findings };
}
