import { isIP } from 'node:net';
import type { Exemption, IsolationPlan } from '#connectors/port.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { authorities, getTrust } from '#guard/ssh-ca/index.ts';
import { EVERY_SECONDS, parseExemption, type Isolation } from './model.ts';

const columns = sql`system_id, gateways, exemptions, every_seconds, set_at, proof_state, proof, proof_asked_at, proof_at, proved_at, elsewhere`;

export const getIsolation = (tx: Queryable, systemId: string): Promise<Isolation | undefined> =>
  tx.maybe<Isolation>(sql`select ${columns} from isolation where system_id = ${systemId}`);

/** As it would be set where nobody said anything. */
export const UNSAID = { gateways: [], exemptions: [], everySeconds: EVERY_SECONDS } as const;

/** Where gateways said they are reached: what is no address but a name is left out. */
export async function knownGateways(tx: Queryable): Promise<readonly string[]> {
  const rows = await tx.many<{ address: string }>(sql`select distinct address from ssh_gateway order by address`);
  return rows.map(({ address }) => address).filter((address) => isIP(address) !== 0);
}

/** Who may come to a system, as said, else as known. */
export const gatewaysOf = async (tx: Queryable, said: readonly string[]): Promise<readonly string[]> =>
  said.length > 0 ? said : await knownGateways(tx);

export const exemptionsOf = (said: readonly string[]): readonly Exemption[] =>
  said.map((one, i) => parseExemption(one, `/exemptions/${String(i)}`));

/** What a system is to be closed by. Throws where no address of a gateway is known: then it would be closed to everybody. */
export async function planOf(
  tx: Tx,
  systemId: string,
  said: Pick<Isolation, 'gateways' | 'exemptions'>,
): Promise<IsolationPlan> {
  const gateways = await gatewaysOf(tx, said.gateways);
  if (gateways.length === 0)
    throw conflict(
      'isolation.no_gateway',
      'no address of a gateway is known, so the system would be closed to everybody',
      'name the addresses gateways come from: reeve isolate set SYSTEM --gateways 192.0.2.10',
    );
  const credentials = await tx.many<{ account: string; kind: 'password' | 'ssh_key' }>(sql`
    select a.native_id as account, v.kind from secret v join account a on a.id = v.account_id
     where a.system_id = ${systemId} and a.valid_to is null and v.removed_at is null and v.current_version is not null and v.kind in ('password', 'ssh_key')
    union
    select u.username, v.kind from secret v join secret_version u on u.secret_id = v.id and u.version = v.current_version
     where v.id in (${own(systemId)}) and v.kind in ('password', 'ssh_key') and u.username is not null
     order by 1`);
  const accounts = await tx.many<{ name: string }>(
    sql`select native_id as name from account where system_id = ${systemId} and valid_to is null order by native_id limit 5000`,
  );
  const trust = await getTrust(tx, systemId);
  const trusted = trust?.setUpAt == null ? [] : await authorities(tx, 'user');
  return {
    gateways,
    exemptions: exemptionsOf(said.exemptions),
    management: (await ownAccounts(tx, systemId))[0] ?? '',
    credentials,
    accounts: accounts.map(({ name }) => name),
    authorities: trusted.map(({ publicKey }) => publicKey),
  };
}

/** Secrets Reeve itself logs on with: that of its connection, and that of its second account. */
const own = (systemId: string) => sql`
  select credential_secret_id from system where id = ${systemId} and credential_secret_id is not null
  union select secret_id from reconcile_account where system_id = ${systemId}`;

/** The accounts Reeve works with there; that of its connection first. */
export async function ownAccounts(tx: Queryable, systemId: string): Promise<readonly string[]> {
  const rows = await tx.many<{ name: string }>(sql`
    select u.username as name from secret v join secret_version u on u.secret_id = v.id and u.version = v.current_version
     where v.id in (${own(systemId)}) and u.username is not null
     order by v.id = (select credential_secret_id from system where id = ${systemId}) desc, u.username`);
  return rows.map(({ name }) => name);
}
