import { base32, hashToken, newToken, randomSecret } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { deviceLoginAsked, deviceLoginDecided, deviceLoginTaken } from './events.ts';
import { createToken } from './tokens.ts';

const WAIT_MINUTES = 10;
/** How long a command line stays signed in. */
const TOKEN_HOURS = 12;

/** A command line asks to be let in (RFC 8628 §3.2): it keeps `deviceCode`, its person types `userCode` in the console. */
export async function askDeviceLogin(
  ctx: Ctx,
  permit: Permit<'device_login.ask'>,
  input: { readonly client: string },
): Promise<{ readonly deviceCode: string; readonly userCode: string; readonly endsAt: Date }> {
  const deviceCode = newToken('rvd');
  const raw = base32(randomSecret(5)).toUpperCase();
  const userCode = `${raw.slice(0, 4)}-${raw.slice(4)}`;
  const endsAt = new Date(ctx.now.getTime() + WAIT_MINUTES * 60_000);
  await ctx.tx.run(sql`delete from device_login where ends_at < ${ctx.now}`);
  await ctx.tx.run(sql`
    insert into device_login (id, device_hash, user_code, client, ends_at)
    values (${newId(ctx.now.getTime())}, ${hashToken(deviceCode)}, ${userCode}, ${input.client}, ${endsAt})`);
  await ctx.record(permit, { event: deviceLoginAsked, data: { client: input.client } });
  return { deviceCode, userCode, endsAt };
}

/** What a person sees before they let a command line in. */
export async function findDeviceLogin(
  ctx: Ctx,
  userCode: string,
): Promise<{ readonly client: string; readonly endsAt: Date }> {
  const row = await ctx.tx.maybe<{ client: string; endsAt: Date }>(sql`
    select client, ends_at from device_login
    where user_code = ${userCode.toUpperCase()} and decided_at is null and ends_at > ${ctx.now}`);
  if (row === undefined) throw notFound('device_login', userCode);
  return row;
}

/** A signed-in person lets a command line in as themself, or refuses it. One decision, once. */
export async function decideDeviceLogin(
  ctx: Ctx,
  permit: Permit<'device_login.decide'>,
  input: { readonly userCode: string; readonly approve: boolean },
): Promise<void> {
  const changed = await ctx.tx.run(sql`
    update device_login set identity_id = ${ctx.principal.id}, decided_at = ${ctx.now}, approved = ${input.approve}
    where user_code = ${input.userCode.toUpperCase()} and decided_at is null and ends_at > ${ctx.now}`);
  if (changed === 0) throw notFound('device_login', input.userCode);
  await ctx.record(permit, { event: deviceLoginDecided, subject: ctx.principal.id, data: { approved: input.approve } });
}

/** The command line takes its token, once. Throws 409 `device_login.pending` until its person decided. */
export async function takeDeviceLogin(
  ctx: Ctx,
  permit: Permit<'device_login.take'>,
  input: { readonly deviceCode: string },
): Promise<{ readonly token: string; readonly endsAt: Date }> {
  const row = await ctx.tx.maybe<{
    id: string;
    identityId: string | null;
    approved: boolean | null;
    client: string;
  }>(sql`
    select id, identity_id, approved, client from device_login
    where device_hash = ${hashToken(input.deviceCode)} and taken_at is null and ends_at > ${ctx.now} for update`);
  if (row === undefined || row.approved === false) {
    throw new AppError({
      code: 'device_login.over',
      status: 401,
      detail: 'this login was refused, used or is too old',
      fix: 'run reeve login again',
    });
  }
  if (row.identityId === null) {
    throw new AppError({
      code: 'device_login.pending',
      status: 409,
      detail: 'nobody has let this command line in yet',
      fix: 'type the code in the console',
    });
  }
  await ctx.tx.run(sql`update device_login set taken_at = ${ctx.now} where id = ${row.id}`);
  const created = await createToken(ctx, permit, {
    identityId: row.identityId,
    name: row.client,
    scopes: ['*'],
    endsAt: new Date(ctx.now.getTime() + TOKEN_HOURS * 3_600_000),
  });
  await ctx.record(permit, { event: deviceLoginTaken, subject: row.identityId, data: { tokenId: created.id } });
  return { token: created.token, endsAt: created.endsAt };
}
