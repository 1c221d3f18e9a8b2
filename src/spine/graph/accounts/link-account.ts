import { conflict, notFound } from '#kit/errors/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { accountLinked, accountUnlinked, reasonOf } from '../events.ts';
import type { Account } from '../model.ts';
import { getAccount } from './read-accounts.ts';

/** The account, held against other writers until the transaction ends. */
export async function lockAccount(tx: Tx, accountId: string): Promise<Account> {
  await tx.run(sql`select id from account where id = ${accountId} for no key update`);
  const account = await getAccount(tx, accountId);
  if (account === undefined) throw notFound('account', accountId);
  return account;
}

/**
 * Says whose account this is. Refuses to take an account from another identity: unlink it first, so that the log
 * shows who decided that. Linking again to the same identity changes the reason only. With `said`, the event says
 * that in clear, and `because`, in somebody's own words, is personal.
 */
export async function linkAccount(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly accountId: string;
    readonly identityId: string;
    readonly because: string;
    readonly said?: string | undefined;
  },
): Promise<void> {
  const account = await lockAccount(ctx.tx, input.accountId);
  if (account.state === 'gone')
    throw conflict('account.gone', `account ${account.name} is gone`, 'read the system again');
  if (account.identityId !== null && account.identityId !== input.identityId)
    throw conflict(
      'account.belongs_to_another',
      `account ${account.name} belongs to another identity`,
      'unlink it first',
    );
  const n = await inWords(() =>
    ctx.tx.run(sql`
      update account set identity_id = i.id, linked_because = ${input.because}
        from identity i where account.id = ${input.accountId} and i.id = ${input.identityId}`),
  );
  if (n === 0) throw notFound('identity', input.identityId);
  const { accountId, identityId } = input;
  const { reason: because, words } = reasonOf(input.because, input.said);
  await ctx.record(permit, {
    event: accountLinked,
    subject: identityId,
    data: { accountId, systemId: account.systemId, identityId, because, words },
  });
}

/** `linkAccount` for many accounts of one system, for one reason: all, or none where one is gone or belongs to another. */
export async function linkAccounts(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly systemId: string;
    readonly links: readonly { readonly accountId: string; readonly identityId: string }[];
    readonly because: string;
  },
): Promise<void> {
  const { systemId, links, because } = input;
  if (links.length === 0) return;
  const n = await inWords(() =>
    ctx.tx.run(sql`
      update account a set identity_id = l.identity_id, linked_because = ${because}
        from unnest(${sql.array(links.map((l) => l.accountId))}::uuid[], ${sql.array(links.map((l) => l.identityId))}::uuid[])
             as l(account_id, identity_id)
       where a.id = l.account_id and a.system_id = ${systemId} and a.state <> 'gone'
         and (a.identity_id is null or a.identity_id = l.identity_id)`),
  );
  if (n !== links.length)
    throw conflict(
      'account.not_free',
      `${links.length - n} of these accounts are gone or belong to another identity`,
      'look at each',
    );
  const { reason, words } = reasonOf(because, undefined);
  await ctx.recordAll(
    permit,
    links.map(({ accountId, identityId }) => ({
      event: accountLinked,
      subject: identityId,
      data: { accountId, systemId, identityId, because: reason, words },
    })),
  );
}

/** Makes the account nobody's. Its holdings stay; they are drift from now on. `said` as in linkAccount. */
export async function unlinkAccount(
  ctx: Ctx,
  permit: Permit,
  input: { readonly accountId: string; readonly because: string; readonly said?: string | undefined },
): Promise<void> {
  const account = await lockAccount(ctx.tx, input.accountId);
  if (account.identityId === null)
    throw conflict('account.belongs_to_nobody', `account ${account.name} belongs to nobody already`);
  await ctx.tx.run(sql`update account set identity_id = null, linked_because = null where id = ${input.accountId}`);
  const { reason: because, words } = reasonOf(input.because, input.said);
  await ctx.record(permit, {
    event: accountUnlinked,
    subject: account.identityId,
    data: {
      accountId: account.id,
      systemId: account.systemId,
      identityId: account.identityId,
      because,
      words,
    },
  });
}
