import { sql } from '#kit/db/index.ts';
import { forgetTries, takeTry, tryKey } from '#platform/signin/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { DeviceEdges } from './edges.ts';
import { codeMissed, loginFound } from './events.ts';
import { macOfCode, plainAddress, plainCode } from './model.ts';

/** What a person sees of a login before they say anything to it. */
interface FoundLogin {
  readonly id: string;
  readonly account: string;
  readonly system: string;
  readonly clientAddress: string;
  readonly clientVersion: string;
  /** Name of the key that was proved; null: none was, and whoever has the code could have begun this. */
  readonly keyName: string | null;
  readonly askedAt: Date;
  readonly endsAt: Date;
  /** Where the person's browser is, as Reeve sees it. */
  readonly browserAddress: string;
  readonly elsewhere: boolean;
}

const columns = sql`l.id, l.account, l.system, l.client_address, l.client_version, l.asked_at, l.ends_at,
  (select k.name from ssh_key k where k.id = l.key_id) as key_name`;

/**
 * Finds the login that waits under a code, for the one who typed it: theirs, or nobody's yet, which makes it theirs to
 * decide. Undefined for anything else. Each try is counted and a miss is on the record; after a few the person waits.
 */
export async function findLogin(
  edges: Pick<DeviceEdges, 'keys'>,
  ctx: Ctx,
  permit: Permit<'ssh_login.find'>,
  typed: string,
): Promise<FoundLogin | undefined> {
  const me = ctx.principal.id;
  const tries = tryKey(edges.keys, `ssh login code ${me}`);
  await takeTry(ctx.tx, tries, ctx.now);
  const code = plainCode(typed);
  const browserAddress = plainAddress(ctx.origin.address ?? '');
  const found =
    code === undefined
      ? undefined
      : await ctx.tx.maybe<Omit<FoundLogin, 'browserAddress' | 'elsewhere'>>(sql`
          update ssh_login l set found_by = ${me}, found_from = ${browserAddress}
           where l.code_mac = ${macOfCode(edges.keys, code)} and l.state = 'waiting' and l.ends_at > ${ctx.now}
             and coalesce(l.identity_id, ${me}) = ${me} and coalesce(l.found_by, ${me}) = ${me}
          returning ${columns}`);
  if (found === undefined) {
    await ctx.record(permit, { event: codeMissed, subject: me, data: {} });
    return undefined;
  }
  await forgetTries(ctx.tx, tries);
  await ctx.record(permit, { event: loginFound, subject: me, data: { loginId: found.id } });
  return { ...found, browserAddress, elsewhere: browserAddress !== found.clientAddress };
}
