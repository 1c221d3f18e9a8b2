import { hashToken, type Keys } from '#kit/crypto/index.ts';
import { sql, type Db, type Queryable } from '#kit/db/index.ts';
import { newKeyPair } from '#kit/ssh-certificates/index.ts';
import type { Asker, Operator } from '#spine/operations/index.ts';
import { issueGatewayCertificate } from '#guard/ssh-ca/index.ts';
import { browserSessionBegun, browserSessionMisused } from './events.ts';
import { facts, unfit, type BrowserSession } from './model.ts';

/** Reeve connects at once; a gateway that is slow has so long. */
const CERTIFICATE_SECONDS = 60;

/** By what Reeve comes to the gateway for somebody, and to which account there. */
export interface BegunBrowserSession {
  readonly id: string;
  readonly certificateId: string;
  /** `account@system`, as the gateway takes it. */
  readonly loginName: string;
  readonly privateKey: Buffer;
  /** One line of a `-cert.pub` file. */
  readonly certificate: string;
}

/**
 * Uses up the key a browser shows. It is good for the sign-in that asked, once, within its
 * minute; the answer is then a key pair made for this one connection, certified to be the asker's at the gateway.
 * Undefined where it is good for nothing, which is on the record if it ever was a key; one that must be in other hands is
 * ended.
 */
export async function beginBrowserSession(
  edges: { readonly db: Db; readonly keys: Keys; readonly operator: Operator },
  asker: Asker,
  key: string,
): Promise<BegunBrowserSession | undefined> {
  const hash = hashToken(key);
  const { signinId, address = '' } = asker.origin;
  if (signinId === undefined || asker.scopes !== undefined) return undefined;
  // most of what is tried is no key at all: that is looked up, and nothing is written about it
  const known = await edges.db.maybe<{ id: string }>(sql`select id from browser_session where key_hash = ${hash}`);
  if (known === undefined) return undefined;
  return await edges.operator.act(asker, { action: 'browser_session.begin' }, async (ctx, permit) => {
    const one = await lockByHash(ctx.tx, hash);
    if (one === undefined) return undefined;
    const wrong = unfit(one, { identityId: ctx.principal.id, signinId }, ctx.now);
    if (wrong !== undefined) {
      if (wrong.ends)
        await ctx.tx.run(
          sql`update browser_session set ended_because = ${`shown ${wrong.how}`} where id = ${one.id} and used_at is null`,
        );
      await ctx.record(permit, {
        event: browserSessionMisused,
        subject: one.identityId,
        data: { ...facts(one), how: wrong.how, address },
      });
      return undefined;
    }
    const pair = newKeyPair('reeve-browser');
    const { certificate, line } = await issueGatewayCertificate(edges.keys, ctx, permit, {
      publicKey: pair.publicKey,
      seconds: CERTIFICATE_SECONDS,
      sourceAddress: false,
      personAddress: address,
    });
    await ctx.tx.run(
      sql`update browser_session set used_at = ${ctx.now}, certificate_id = ${certificate.id} where id = ${one.id}`,
    );
    await ctx.record(permit, {
      event: browserSessionBegun,
      subject: one.identityId,
      data: { ...facts(one), certificateId: certificate.id, address },
    });
    return {
      id: one.id,
      certificateId: certificate.id,
      loginName: `${one.accountName}@${one.systemName}`,
      privateKey: Buffer.from(pair.privateKey),
      certificate: line,
    };
  });
}

/** Held until the end of the transaction: of two who show it at once, one waits for the other. */
const lockByHash = (tx: Queryable, hash: Buffer): Promise<BrowserSession | undefined> =>
  tx.maybe<BrowserSession>(sql`
    select b.id, b.identity_id, b.signin_id, b.account_id, a.name as account_name, b.system_id, y.name as system_name,
           b.ends_at, b.used_at, b.ended_because
      from browser_session b join account a on a.id = b.account_id join system y on y.id = b.system_id
     where b.key_hash = ${hash} for update of b`);
