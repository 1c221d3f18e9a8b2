import { sql, type Queryable } from '#kit/db/index.ts';

/** Where else the value of a credential stands. */
export interface Dependant {
  readonly id: string;
  readonly secretId: string;
  readonly position: number;
  readonly name: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly place: Readonly<Record<string, unknown>>;
  readonly addedAt: Date;
}

export type DependantState = 'waiting' | 'updated' | 'refused' | 'returned' | 'stale';

/** A dependant within a rotation. */
export interface FollowingDependant extends Pick<Dependant, 'name' | 'systemId' | 'systemName' | 'place' | 'position'> {
  readonly dependantId: string;
  readonly state: DependantState;
  readonly problem: string | null;
}

const columns = sql`d.id, d.secret_id, d.position, d.name, d.system_id, y.name as system_name, d.place, d.added_at`;

/** In the order they are updated. */
export const dependantsOf = (db: Queryable, secretId: string): Promise<Dependant[]> =>
  db.many<Dependant>(sql`
    select ${columns} from credential_dependant d join system y on y.id = d.system_id
     where d.secret_id = ${secretId} and d.removed_at is null order by d.position, d.id`);

export const findDependant = (db: Queryable, id: string): Promise<Dependant | undefined> =>
  db.maybe<Dependant>(sql`
    select ${columns} from credential_dependant d join system y on y.id = d.system_id where d.id = ${id} and d.removed_at is null`);

export const insertDependant = (
  db: Queryable,
  d: Pick<Dependant, 'id' | 'secretId' | 'name' | 'systemId' | 'place'> & { readonly position: number | undefined },
): Promise<number> =>
  db.run(sql`
    insert into credential_dependant (id, secret_id, position, name, system_id, place)
    select ${d.id}, ${d.secretId}, coalesce(${d.position ?? null}::int, max(position) + 1, 1), ${d.name}, ${d.systemId}, ${sql.json(d.place)}::jsonb
      from credential_dependant where secret_id = ${d.secretId} and removed_at is null`);

export const removeDependant = (db: Queryable, id: string, now: Date): Promise<number> =>
  db.run(sql`update credential_dependant set removed_at = ${now} where id = ${id} and removed_at is null`);

/** Takes down which dependants a rotation takes along, as they are now. */
export const planDependants = (db: Queryable, rotationId: string, secretId: string): Promise<number> =>
  db.run(sql`
    insert into rotation_dependant (rotation_id, dependant_id, position)
    select ${rotationId}, id, row_number() over (order by position, id)::int from credential_dependant
     where secret_id = ${secretId} and removed_at is null
    on conflict on constraint rotation_dependant_pk do nothing`);

/** In their order, with where each is. */
export const followingOf = (db: Queryable, rotationId: string): Promise<FollowingDependant[]> =>
  db.many<FollowingDependant>(sql`
    select f.dependant_id, f.position, f.state, f.problem, d.name, d.system_id, y.name as system_name, d.place
      from rotation_dependant f join credential_dependant d on d.id = f.dependant_id join system y on y.id = d.system_id
     where f.rotation_id = ${rotationId} order by f.position`);

export const moveDependant = (
  db: Queryable,
  rotationId: string,
  dependantId: string,
  to: { readonly state: DependantState; readonly problem?: string },
): Promise<number> =>
  db.run(sql`
    update rotation_dependant set state = ${to.state}, problem = ${to.problem ?? null}, at = reeve_now()
     where rotation_id = ${rotationId} and dependant_id = ${dependantId}`);
