import type { Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { newId } from '#kit/ids/index.ts';
import { newSeed, publicKeyOf, publicLine } from '#kit/ssh-certificates/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { createSecret, findSecret, useSecret } from '#guard/vault/index.ts';
import { authorityEnded, authorityMade } from './events.ts';
import { LISTED_AFTER_END_MS, type Authority } from './model.ts';
import { REFRESH } from './queue-refresh.ts';
import { authorities, listTrusts } from './store.ts';

/** The authorities of a purpose, newest first; the first is made where there is none. */
export async function ensureAuthorities(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  purpose: 'user' | 'host',
): Promise<readonly [Authority, ...Authority[]]> {
  await holdAuthorities(ctx);
  const [newest, ...before] = await authorities(ctx.tx, purpose);
  return newest === undefined ? [await makeAuthority(keys, ctx, permit, purpose)] : [newest, ...before];
}

/** Two that make one at the same time wait for each other here. */
const holdAuthorities = (ctx: Ctx): Promise<unknown> => ctx.tx.one(sql`select number from ssh_revocations for update`);

/**
 * Makes the next key of a purpose and brings it to every target. Certificates are signed with it for a target once that
 * trusts it; the one before is trusted until what it signed is over.
 */
export async function rotateAuthority(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  purpose: 'user' | 'host',
): Promise<Authority> {
  await holdAuthorities(ctx);
  const made = await makeAuthority(keys, ctx, permit, purpose);
  if (purpose === 'user')
    for (const { systemId, state } of await listTrusts(ctx.tx))
      if (state === 'set_up') await enqueue(ctx.tx, REFRESH, { systemId }, { key: `${REFRESH}:${systemId}` });
  return made;
}

async function makeAuthority(keys: Keys, ctx: Ctx, permit: Permit, purpose: 'user' | 'host'): Promise<Authority> {
  const { last } = await ctx.tx.one<{ last: number }>(
    sql`select coalesce(max(generation), 0)::int as last from ssh_authority where purpose = ${purpose}`,
  );
  const generation = last + 1;
  const seed = newSeed();
  const key = publicKeyOf(seed);
  const id = newId(ctx.now.getTime());
  const secret = await createSecret(keys, ctx, permit, {
    name: `ssh-ca/${purpose}-${generation}`,
    kind: 'ssh_ca',
    purpose: 'authority',
    description: `signs SSH certificates of ${purpose}s`,
    value: seed,
  });
  seed.fill(0);
  const made: Authority = {
    id,
    purpose,
    generation,
    secretId: secret.id,
    publicKey: publicLine(key, `reeve-${purpose}-ca-${generation}`),
    fingerprint: key.fingerprint,
    madeAt: ctx.now,
    endedAt: null,
  };
  await ctx.tx.run(sql`
    insert into ssh_authority (id, purpose, generation, secret_id, public_key, fingerprint, made_at)
    values (${id}, ${purpose}, ${generation}, ${secret.id}, ${made.publicKey}, ${made.fingerprint}, ${ctx.now})`);
  await ctx.record(permit, {
    event: authorityMade,
    data: { authorityId: id, purpose, generation, fingerprint: key.fingerprint },
  });
  return made;
}

/** Opens the private half for the length of one signature. The use is on the record. */
export async function withSeed<T>(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  authority: Authority,
  work: (seed: Buffer) => Promise<T> | T,
): Promise<T> {
  const secret = await findSecret(ctx.tx, authority.secretId);
  if (secret === undefined) throw new Error('the key of an authority is not in the vault');
  const { value } = await useSecret(keys, ctx, permit, { secret, systemId: null, purpose: 'signing' });
  try {
    return await work(value);
  } finally {
    value.fill(0);
  }
}

/** Ends authorities that a newer one follows everywhere and whose certificates are over. Returns how many. */
export async function endAuthoritiesThatAreOver(ctx: Ctx, permit: Permit): Promise<number> {
  const over = await ctx.tx.many<{ id: string; purpose: string; fingerprint: string }>(sql`
    select a.id, a.purpose, a.fingerprint from ssh_authority a
     where a.ended_at is null
       and exists (select from ssh_authority n where n.purpose = a.purpose and n.generation > a.generation and n.ended_at is null)
       and not exists (select from ssh_certificate c where c.authority_id = a.id and c.kind <> 'proof'
                          and c.valid_to > ${new Date(ctx.now.getTime() - LISTED_AFTER_END_MS)} and (c.revoked_at is null or c.kind = 'user'))
       and (a.purpose = 'host' or not exists (
         select from ssh_trust t where t.state = 'set_up' and a.id = any(t.trusts) and not exists (
           select from ssh_authority n where n.purpose = 'user' and n.generation > a.generation and n.id = any(t.trusts))))
     for update`);
  for (const { id, purpose, fingerprint } of over) {
    await ctx.tx.run(sql`update ssh_authority set ended_at = ${ctx.now} where id = ${id}`);
    await ctx.record(permit, { event: authorityEnded, data: { authorityId: id, purpose, fingerprint } });
    for (const trust of await listTrusts(ctx.tx))
      if (trust.trusts.includes(id))
        await enqueue(ctx.tx, REFRESH, { systemId: trust.systemId }, { key: `${REFRESH}:${trust.systemId}` });
  }
  return over.length;
}
