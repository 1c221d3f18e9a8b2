import type { KeySighting } from '#connectors/port.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Severity } from '../model.ts';
import { powersOf } from '../powers.ts';
import type { SeenKey, World } from './trust-graph.ts';

/** Puts the keys a look saw in place of those before; what was seen already keeps since when. */
export async function keepSightings(ctx: Ctx, systemId: string, keys: readonly KeySighting[]): Promise<void> {
  const rows = sql.json(keys.map((key) => ({ ...key })));
  await ctx.tx.run(sql`
    insert into ssh_key_sighting (system_id, account_name, fingerprint, how, place, comment, options, first_seen_at, last_seen_at)
    select ${systemId}, k.account, k.fingerprint, k.how, k.place, k.comment, array(select jsonb_array_elements_text(k.options)), ${ctx.now}, ${ctx.now}
      from jsonb_to_recordset(${rows}::jsonb) as k(account text, fingerprint text, how text, place text, comment text, options jsonb)
    on conflict on constraint ssh_key_sighting_pk do update set last_seen_at = excluded.last_seen_at, comment = excluded.comment, options = excluded.options`);
  await ctx.tx.run(sql`
    delete from ssh_key_sighting t where t.system_id = ${systemId} and not exists (
      select from jsonb_to_recordset(${rows}::jsonb) as k(account text, fingerprint text, how text, place text)
       where k.account = t.account_name and k.fingerprint = t.fingerprint and k.how = t.how and k.place = t.place)`);
}

/** All keys and all power there are, over all systems in use. */
export async function readWorld(tx: Tx): Promise<World> {
  const systems = await tx.many<{ id: string; name: string; masters: readonly string[] }>(sql`
    select s.id, s.name, p.masters from system s join privilege_schedule p on p.system_id = s.id where s.valid_to is null order by s.name`);
  const keys = await tx.many<Omit<SeenKey, 'account'> & { accountName: string }>(sql`
    select k.system_id, k.account_name, k.fingerprint, k.how, k.place, k.comment, k.options
      from ssh_key_sighting k join system s on s.id = k.system_id and s.valid_to is null order by k.fingerprint, k.system_id, k.account_name, k.place`);
  const found = await tx.many<{
    systemId: string;
    account: string;
    kind: string;
    power: boolean;
    severity: Severity;
  }>(sql`
    select system_id, account_name as account, kind, power, severity from finding
     where state <> 'gone' and power and account_name <> '' and source = 'look'`);
  const power = new Map<string, ReadonlyMap<string, Severity>>();
  for (const { id } of systems)
    power.set(
      id,
      powersOf(
        found
          .filter(({ systemId }) => systemId === id)
          .map((one) => ({ ...one, about: '', evidence: '', reason: '', restsOn: 'credential' as const })),
      ),
    );
  return {
    systems: new Map(systems.map(({ id, name, masters }) => [id, { name, masters: new Set(masters) }])),
    keys: keys.map(({ accountName, ...key }) => ({ ...key, account: accountName })),
    power,
  };
}
