import { sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { DeviceEdges } from './edges.ts';
import { loginAgreed, loginDenied } from './events.ts';
import { macOf, newNumber, plainAddress } from './model.ts';

interface Waiting {
  readonly keyId: string | null;
  readonly clientAddress: string;
}

/** Only for whoever found it by its code: anybody else is told that it is not there. */
const mine = (ctx: Ctx, id: string) => sql`
  id = ${id} and state = 'waiting' and ends_at > ${ctx.now} and found_by = ${ctx.principal.id}
    and coalesce(identity_id, found_by) = found_by`;

async function waitingLogin(ctx: Ctx, id: string): Promise<Waiting> {
  const row = await ctx.tx.maybe<Waiting>(
    sql`select key_id, client_address from ssh_login where ${mine(ctx, id)} for update`,
  );
  if (row === undefined) throw notFound('ssh_login', id);
  return row;
}

/**
 * Lets a login in as whoever agrees, with a fresh proof for this very login. Where the browser is at another address than
 * the client, the answer holds a number that has to be typed at the client: somebody who talked a person into a code they
 * were sent does not get in by it alone.
 */
export async function agreeToLogin(
  edges: DeviceEdges,
  ctx: Ctx,
  permit: Permit<'ssh_login.agree'>,
  id: string,
): Promise<{ readonly number: string | null }> {
  const { keyId, clientAddress } = await waitingLogin(ctx, id);
  await edges.takeStepUp(ctx, { action: 'ssh_login.agree', resourceId: id });
  const elsewhere = plainAddress(ctx.origin.address ?? '') !== clientAddress;
  const number = elsewhere ? newNumber() : null;
  await ctx.tx.run(sql`
    update ssh_login set state = 'agreed', decided_at = ${ctx.now}, decided_by = ${ctx.principal.id}, method = 'browser',
           number_mac = ${number === null ? null : macOf(edges.keys, id, number)}
     where id = ${id}`);
  await ctx.record(permit, {
    event: loginAgreed,
    subject: ctx.principal.id,
    data: { loginId: id, keyId, method: 'browser', elsewhere },
  });
  return { number };
}

/** Ends a login: its client is told so, and has to begin anew. */
export async function denyLogin(ctx: Ctx, permit: Permit<'ssh_login.deny'>, id: string): Promise<void> {
  const { keyId } = await waitingLogin(ctx, id);
  await ctx.tx.run(sql`
    update ssh_login set state = 'denied', decided_at = ${ctx.now}, decided_by = ${ctx.principal.id} where id = ${id}`);
  await ctx.record(permit, { event: loginDenied, subject: ctx.principal.id, data: { loginId: id, keyId } });
}
