import { hashToken, newToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { denied, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { accountsThere, findAccount, getSystem, type Account } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { justifyingGrants, lastEnd } from '#guard/sessions/index.ts';
import { passwordIssued } from './events.ts';
import { facts, KEEPS_DATABASE, PROTOCOLS, type PasswordProtocol } from './model.ts';

/** What somebody wants to log in to. */
export interface PasswordWanted {
  /** Id or name. */
  readonly system: string;
  readonly account?: string | undefined;
  readonly database?: string | undefined;
  readonly seconds: number;
  readonly connections: number;
  /** Where its holder is, when Reeve itself comes to the gateway for them. */
  readonly personAddress?: string;
  /** Of a gateway that serves whatever its own terms say; absent: that of the system's kind. */
  readonly protocol?: 'http';
}

/** A fresh password and where it leads; the value is in no other place. */
export interface IssuedPassword {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly protocol: PasswordProtocol | 'http';
  readonly systemId: string;
  readonly database: string;
  readonly endsAt: Date;
}

/**
 * Makes a password for an account that the asker may open now, as the gateway will look at it: a live grant leads there.
 * It lasts no longer than that.
 */
export async function issuePassword(ctx: Ctx, permit: Permit, wanted: PasswordWanted): Promise<IssuedPassword> {
  const identityId = ctx.principal.id;
  const system = await getSystem(ctx.tx, wanted.system);
  const nothing = denied(
    'gateway_password.no_grant',
    `you have no access to ${wanted.account === undefined ? '' : `${wanted.account}@`}${wanted.system} now`,
    'ask for it',
  );
  if (system === undefined) throw nothing;
  const grantsOf = (account: Account) =>
    justifyingGrants(ctx.tx, {
      identityId,
      accountId: account.id,
      systemId: system.id,
      own: account.identityId === identityId,
      now: ctx.now,
    });
  const account = await accountOf(ctx, system.id, wanted.account, async (one) => (await grantsOf(one)).length > 0);
  const grants = account === undefined ? [] : await grantsOf(account);
  if (account === undefined || grants.length === 0) throw nothing;
  const protocol = wanted.protocol ?? PROTOCOLS.get(system.kind);
  if (protocol === undefined)
    throw invalid(
      '/system',
      `${system.name} is of the kind ${system.kind}`,
      'gateway passwords are for databases: postgres, mysql',
    );
  const only = KEEPS_DATABASE.has(protocol) ? (wanted.database ?? null) : null;
  const id = newId(ctx.now.getTime());
  const password = newToken('rvp');
  const until = new Date(ctx.now.getTime() + wanted.seconds * 1000);
  const last = lastEnd(grants);
  const endsAt = last !== null && last < until ? last : until;
  await ctx.tx.run(sql`
    insert into gateway_password (id, identity_id, account_id, system_id, protocol, hash, database, connections, asked_at, ends_at, person_address)
    values (${id}, ${identityId}, ${account.id}, ${system.id}, ${protocol}, ${hashToken(password)}, ${only},
            ${wanted.connections}, ${ctx.now}, ${endsAt}, ${wanted.personAddress ?? null})`);
  await ctx.record(permit, {
    event: passwordIssued,
    subject: identityId,
    data: {
      ...facts({ id, accountId: account.id, systemId: system.id }),
      connections: wanted.connections,
      endsAt: endsAt.toISOString(),
    },
  });
  const database = wanted.database ?? databaseOf(system.settings, protocol);
  return { id, username: `${account.name}@${system.name}`, password, protocol, systemId: system.id, database, endsAt };
}

/** The account that is meant: by its name, or the only one there that may be opened. */
async function accountOf(
  ctx: Ctx,
  systemId: string,
  name: string | undefined,
  mayOpen: (account: Account) => Promise<boolean>,
): Promise<Account | undefined> {
  if (name !== undefined) return await findAccount(ctx.tx, systemId, name);
  const open: Account[] = [];
  for (const one of await accountsThere(ctx.tx, systemId, [ctx.principal.id])) if (await mayOpen(one)) open.push(one);
  const [only, another] = open;
  if (another === undefined) return only;
  throw invalid(
    '/account',
    'is missing, and you may open several',
    `name one of ${open.map((a) => a.name).join(', ')}`,
  );
}

const databaseOf = (settings: Readonly<Record<string, unknown>>, protocol: IssuedPassword['protocol']): string =>
  typeof settings['database'] === 'string' ? settings['database'] : protocol === 'postgres' ? 'postgres' : '';
