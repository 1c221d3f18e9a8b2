import { hashToken, newToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError, denied } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { findAccount, getSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { justifyingGrants } from '#guard/sessions/index.ts';
import { browserSessionAsked } from './events.ts';
import { facts, KEY_LASTS_MS } from './model.ts';

/** What somebody wants to open from their browser. */
export interface BrowserSessionWanted {
  /** Id or name. */
  readonly system: string;
  readonly account: string;
}

/**
 * Gives the asker a key by which their browser opens an account they may open now. The session itself is decided by the
 * gateway like any other, with what its grants are under; this only spares a connection that leads nowhere.
 */
export async function askBrowserSession(
  ctx: Ctx,
  permit: Permit,
  wanted: BrowserSessionWanted,
): Promise<{ readonly id: string; readonly key: string; readonly endsAt: Date }> {
  const identityId = ctx.principal.id;
  const { signinId, via } = ctx.origin;
  if (signinId === undefined || via !== 'console')
    throw new AppError({
      code: 'browser_session.needs_the_console',
      status: 403,
      detail: 'a browser session belongs to a sign-in in the console, and this call came with a token',
      fix: 'from a command line: reeve ssh, reeve scp, reeve db connect',
    });
  const system = await getSystem(ctx.tx, wanted.system);
  const account = system === undefined ? undefined : await findAccount(ctx.tx, system.id, wanted.account);
  const grants =
    system === undefined || account === undefined
      ? []
      : await justifyingGrants(ctx.tx, {
          identityId,
          accountId: account.id,
          systemId: system.id,
          own: account.identityId === identityId,
          now: ctx.now,
        });
  if (system === undefined || account === undefined || grants.length === 0)
    throw denied(
      'browser_session.no_grant',
      `you have no access to ${wanted.account}@${wanted.system} now`,
      'ask for it under Request access',
    );
  const id = newId(ctx.now.getTime());
  const key = newToken('rvb');
  const endsAt = new Date(ctx.now.getTime() + KEY_LASTS_MS);
  const address = ctx.origin.address ?? '';
  await ctx.tx.run(sql`
    insert into browser_session (id, identity_id, signin_id, account_id, system_id, key_hash, address, asked_at, ends_at)
    values (${id}, ${identityId}, ${signinId}, ${account.id}, ${system.id}, ${hashToken(key)}, ${address},
            ${ctx.now}, ${endsAt})`);
  await ctx.record(permit, {
    event: browserSessionAsked,
    subject: identityId,
    data: { ...facts({ id, accountId: account.id, systemId: system.id }), address },
  });
  return { id, key, endsAt };
}
