import { hashToken, type Keys } from '#kit/crypto/index.ts';
import { sql, type Db, type Queryable } from '#kit/db/index.ts';
import { newKeyPair } from '#kit/ssh-certificates/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Asker, Ctx, Operator } from '#spine/operations/index.ts';
import { issuePassword } from '#guard/gateway-passwords/index.ts';
import { issueGatewayCertificate } from '#guard/ssh-ca/index.ts';
import { browserSessionBegun, browserSessionMisused } from './events.ts';
import { facts, protocolOf, unfit, type BrowserSession } from './model.ts';

/** Reeve connects at once; a gateway that is slow has so long. */
const LASTS_SECONDS = 60;

/** By what Reeve comes to the gateway for somebody, and to which account there. */
export interface BegunBrowserSession {
  readonly id: string;
  /** `account@system`, as the gateway takes it. */
  readonly loginName: string;
  readonly by: ByCertificate | ByPassword;
}

/** To the SSH gateway. */
export interface ByCertificate {
  readonly protocol: 'ssh';
  readonly certificateId: string;
  readonly privateKey: Buffer;
  /** One line of a `-cert.pub` file. */
  readonly certificate: string;
}

/** To the gateway of a database. */
export interface ByPassword {
  readonly protocol: 'postgres' | 'mysql';
  readonly passwordId: string;
  readonly password: string;
  /** Where the session begins; empty: in none. */
  readonly database: string;
}

interface Edges {
  readonly db: Db;
  readonly keys: Keys;
  readonly operator: Operator;
}

/**
 * Uses up the key a browser shows. It is good for the sign-in that asked, once, within its
 * minute; the answer is then a key pair or a password made for this one connection, certified or known to be the asker's at
 * the gateway. Undefined where it is good for nothing, which is on the record if it ever was a key; one that must be in other
 * hands is ended. Throws for a database nobody may open.
 */
export async function beginBrowserSession(
  edges: Edges,
  asker: Asker,
  shown: { readonly key: string; readonly database?: string | undefined },
): Promise<BegunBrowserSession | undefined> {
  const hash = hashToken(shown.key);
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
    const by =
      protocolOf(one.systemKind) === 'ssh'
        ? await certified(edges, ctx, permit, address)
        : await withPassword(ctx, permit, one, address, shown.database);
    const came = 'certificateId' in by ? { certificateId: by.certificateId } : { passwordId: by.passwordId };
    await ctx.tx.run(sql`
      update browser_session set used_at = ${ctx.now}, certificate_id = ${came.certificateId ?? null},
             password_id = ${came.passwordId ?? null} where id = ${one.id}`);
    await ctx.record(permit, {
      event: browserSessionBegun,
      subject: one.identityId,
      data: { ...facts(one), ...came, address },
    });
    return { id: one.id, loginName: `${one.accountName}@${one.systemName}`, by };
  });
}

/**
 * A password by which Reeve comes a second time to the gateway for a session of a database, to stop what it runs: the
 * MySQL protocol has no other way. Throws where the account may not be opened any more.
 */
export async function passwordToStop(
  edges: Edges,
  asker: Asker,
  id: string,
): Promise<{ readonly loginName: string; readonly password: string }> {
  return await edges.operator.act(asker, { action: 'browser_session.begin' }, async (ctx, permit) => {
    const one = await ctx.tx.one<BrowserSession>(
      sql`${named} where b.id = ${id} and b.identity_id = ${ctx.principal.id} and b.used_at is not null`,
    );
    const { password } = await withPassword(ctx, permit, one, asker.origin.address ?? '', undefined);
    return { loginName: `${one.accountName}@${one.systemName}`, password };
  });
}

async function certified(edges: Edges, ctx: Ctx, permit: Permit, address: string): Promise<ByCertificate> {
  const pair = newKeyPair('reeve-browser');
  const { certificate, line } = await issueGatewayCertificate(edges.keys, ctx, permit, {
    publicKey: pair.publicKey,
    seconds: LASTS_SECONDS,
    sourceAddress: false,
    personAddress: address,
  });
  return {
    protocol: 'ssh',
    certificateId: certificate.id,
    privateKey: Buffer.from(pair.privateKey),
    certificate: line,
  };
}

async function withPassword(
  ctx: Ctx,
  permit: Permit,
  one: BrowserSession,
  address: string,
  database: string | undefined,
): Promise<ByPassword> {
  const issued = await issuePassword(ctx, permit, {
    system: one.systemId,
    account: one.accountName,
    seconds: LASTS_SECONDS,
    connections: 1,
    database,
    personAddress: address,
  });
  if (issued.protocol === 'http') throw new Error('a database is served on no site');
  return {
    protocol: issued.protocol,
    passwordId: issued.id,
    password: issued.password,
    database: issued.database,
  };
}

const named = sql`
    select b.id, b.identity_id, b.signin_id, b.account_id, a.name as account_name, b.system_id, y.name as system_name,
           y.kind as system_kind, b.ends_at, b.used_at, b.ended_because
      from browser_session b join account a on a.id = b.account_id join system y on y.id = b.system_id`;

/** Held until the end of the transaction: of two who show it at once, one waits for the other. */
const lockByHash = (tx: Queryable, hash: Buffer): Promise<BrowserSession | undefined> =>
  tx.maybe<BrowserSession>(sql`${named} where b.key_hash = ${hash} for update of b`);
