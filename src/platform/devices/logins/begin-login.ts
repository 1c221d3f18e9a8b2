import { AppError } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { LoginEdges } from './edges.ts';
import { loginAsked } from './events.ts';
import {
  macOfCode,
  MOST_FROM_ADDRESS,
  MOST_LATELY,
  MOST_OF_IDENTITY,
  MOST_WAITING,
  newUserCode,
  plainAddress,
  plainCode,
  WAIT_SECONDS,
} from './model.ts';

/** A login at the SSH gateway, as its client tells of it. */
interface NewLogin {
  /** Who proved which key; absent: nobody is known yet. */
  readonly key?: { readonly keyId: string; readonly identityId: string } | undefined;
  readonly account: string;
  readonly system: string;
  readonly address: string;
  readonly version: string;
}

/**
 * Puts a login down as waiting for its person. Throws `ssh_login.too_many` where as many wait as may, from one address or
 * for one person, and where one key or address began many lately that came to nothing: who floods the console with
 * questions, or the record with logins, is not asked about. The person's other keys are.
 */
export async function beginLogin(
  edges: Pick<LoginEdges, 'keys' | 'node'>,
  ctx: Ctx,
  permit: Permit<'ssh_login.ask'>,
  login: NewLogin,
): Promise<{ readonly id: string; readonly userCode: string; readonly endsAt: Date }> {
  const address = plainAddress(login.address);
  // those who come at the same instant wait for each other here, so that the count is right
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtext('ssh_login'))`);
  await ctx.tx.run(sql`delete from ssh_login where ends_at < ${ctx.now}::timestamptz - interval '30 days'`);
  const { total, near, lately, own, ofKey } = await ctx.tx.one<{
    total: number;
    near: number;
    lately: number;
    own: number;
    ofKey: number;
  }>(sql`
    with recent as (
      select state = 'waiting' and ends_at > ${ctx.now} as waits, identity_id,
             state <> 'used' and key_id = ${login.key?.keyId ?? null} as of_key,
             client_address = ${address} and identity_id is null as strange
        from ssh_login where asked_at > ${ctx.now}::timestamptz - make_interval(secs => ${WAIT_SECONDS})
    )
    select count(*) filter (where waits)::int as total, count(*) filter (where waits and strange)::int as near,
           count(*) filter (where strange)::int as lately,
           count(*) filter (where waits and identity_id = ${login.key?.identityId ?? null})::int as own,
           count(*) filter (where of_key)::int as of_key from recent`);
  const crowded =
    login.key === undefined
      ? near >= MOST_FROM_ADDRESS || lately >= MOST_LATELY
      : own >= MOST_OF_IDENTITY || ofKey >= MOST_LATELY;
  if (total >= MOST_WAITING || crowded) throw tooMany();
  const id = newId(ctx.now.getTime());
  const userCode = newUserCode();
  const endsAt = new Date(ctx.now.getTime() + WAIT_SECONDS * 1000);
  await ctx.tx.run(sql`
    insert into ssh_login (id, code_mac, identity_id, key_id, account, system, client_address, client_version, node, asked_at, ends_at)
    values (${id}, ${macOfCode(edges.keys, plainCode(userCode) ?? '')}, ${login.key?.identityId ?? null}, ${login.key?.keyId ?? null},
            ${login.account.slice(0, 255)}, ${login.system.slice(0, 255)}, ${address}, ${login.version.slice(0, 200)},
            ${edges.node}, ${ctx.now}, ${endsAt})`);
  await ctx.record(permit, {
    event: loginAsked,
    ...(login.key === undefined ? {} : { subject: login.key.identityId }),
    data: { loginId: id, keyId: login.key?.keyId ?? null, account: login.account, system: login.system },
  });
  return { id, userCode, endsAt };
}

const tooMany = (): AppError =>
  new AppError({
    code: 'ssh_login.too_many',
    status: 429,
    detail: 'too many logins wait to be agreed to',
    fix: 'agree to or refuse those that wait, or try again in five minutes',
  });
