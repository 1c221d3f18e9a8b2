import { sql, type Db, type Queryable, type Tx } from '#kit/db/index.ts';
import { holdLane, type Lane } from './lanes.ts';
import { taskColumns, type ProvisionTask } from './store.ts';

/** How long a claim holds that nobody keeps up: a dead worker's people are free again this soon. */
const CLAIM_SECONDS = 12;
export const KEEP_CLAIM_EVERY_MS = 4_000;
const CLAIM_UNTIL = sql`clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS})`;

/** Tasks taken at a time. */
const TOGETHER = 4000;

/**
 * Takes what is due in a lane for one worker, what is wanted gone before what is wanted present, and the longest decided
 * first. Nobody is taken whom another worker is at on that system.
 */
export const claimDue = async (db: Db, lane: Lane): Promise<readonly ProvisionTask[]> =>
  await db.tx(async (tx) => {
    await holdLane(tx, lane);
    const absent = await claim(tx, lane, 'absent');
    return absent.length > 0 ? absent : await claim(tx, lane, 'present');
  });

const claim = (tx: Tx, { systemId, lane }: Lane, wanted: ProvisionTask['wanted']): Promise<ProvisionTask[]> =>
  tx.many<ProvisionTask>(sql`
    with due as (
      select ${taskColumns('t')} from provision_task t
       where t.system_id = ${systemId} and t.lane = ${lane} and t.wanted = ${wanted} and t.state = 'waiting'
         and (t.not_before is null or t.not_before <= clock_timestamp())
         and not exists (
           select from provision_claim c where c.system_id = t.system_id and c.identity_id = t.identity_id
              and c.claimed_until > clock_timestamp())
       order by t.decided_at, t.id limit ${TOGETHER}
    ), claimed as (
      insert into provision_claim (system_id, identity_id, claimed_until)
      select ${systemId}::uuid, identity_id, ${CLAIM_UNTIL} from due group by identity_id
      on conflict (system_id, identity_id) do update set claimed_until = excluded.claimed_until
    )
    select * from due order by decided_at, id`);

/** People somebody is at on one system. */
export interface Held {
  readonly systemId: string;
  readonly identityIds: readonly string[];
}
const held = ({ systemId, identityIds }: Held) =>
  sql`system_id = ${systemId} and identity_id = any(${sql.array(identityIds)}::uuid[])`;

export const keepClaims = (tx: Queryable, people: Held): Promise<number> =>
  tx.run(
    sql`update provision_claim set claimed_until = ${CLAIM_UNTIL} where ${held(people)} and claimed_until is not null`,
  );

/** Frees people again. What may have been made for them, and is not known yet, is kept in mind. */
export const releaseClaims = async (tx: Queryable, people: Held): Promise<void> => {
  await tx.run(sql`
    with kept as (
      update provision_claim set claimed_until = null where ${held(people)} and creating is not null
    )
    delete from provision_claim where ${held(people)} and creating is null`);
};

/** Writes down, before a target is called, which accounts are about to be made there. */
export const noteCreating = async (
  tx: Queryable,
  systemId: string,
  creating: readonly { readonly identityId: string; readonly account: string }[],
): Promise<void> => {
  if (creating.length === 0) return;
  await tx.run(sql`
    insert into provision_claim as c (system_id, identity_id, creating)
    select ${systemId}::uuid, n.identity_id, n.creating
      from unnest(${sql.array(creating.map((one) => one.identityId))}::uuid[],
                  ${sql.array(creating.map((one) => one.account))}::text[]) as n(identity_id, creating)
    on conflict (system_id, identity_id) do update set creating = excluded.creating`);
};

/** The accounts that were about to be made for these people, and are not known yet, by identity. One known to be another's is not. */
export const creatingFor = async (tx: Queryable, people: Held): Promise<ReadonlyMap<string, string>> => {
  const rows = await tx.many<{ identityId: string; creating: string }>(sql`
    select c.identity_id, c.creating from provision_claim c
     where c.system_id = ${people.systemId} and c.identity_id = any(${sql.array(people.identityIds)}::uuid[]) and c.creating is not null
       and not exists (
         select from account a where a.system_id = c.system_id and a.name = c.creating and a.valid_to is null
            and a.identity_id <> c.identity_id)`);
  return new Map(rows.map((r) => [r.identityId, r.creating]));
};

/** The accounts of these people are known now. */
export const noteCreated = (tx: Queryable, people: Held): Promise<number> =>
  tx.run(sql`update provision_claim set creating = null where ${held(people)} and creating is not null`);

/** Whether some worker is at the owner of an account on its system. */
export const isBeingGiven = async (
  tx: Queryable,
  of: { readonly identityId: string | null; readonly systemId: string },
): Promise<boolean> =>
  (await tx.maybe(sql`
    select 1 from provision_claim
     where system_id = ${of.systemId} and identity_id = ${of.identityId}::uuid and claimed_until > clock_timestamp()`)) !==
  undefined;
