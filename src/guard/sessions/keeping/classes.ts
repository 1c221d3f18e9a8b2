import { sql, type Queryable } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { recordingClassPut, recordingClassRemoved } from './events.ts';

/** Recordings that are kept alike. */
export interface RecordingClass {
  readonly id: string;
  readonly name: string;
  /** Those of smaller numbers are looked at first. */
  readonly place: number;
  readonly protocol: string | null;
  readonly systemIds: readonly string[];
  /** After the session ended; null: for good. */
  readonly days: number | null;
  /** It purges nothing before. */
  readonly countsFrom: Date;
}

/** How long a class that was changed purges nothing. */
const WAIT_DAYS = 7;
const columns = sql`id, name, place, protocol, system_ids, days, counts_from`;

export const listClasses = (tx: Queryable): Promise<RecordingClass[]> =>
  tx.many<RecordingClass>(sql`select ${columns} from recording_class order by place, name`);

const after = (now: Date): Date => new Date(now.getTime() + WAIT_DAYS * 86_400_000);

/** Says what a class takes in and how long it is kept. Every class waits: what one takes in, another no longer does. */
export async function putClass(
  ctx: Ctx,
  permit: Permit<'recording_class.put'>,
  input: {
    readonly name: string;
    readonly place: number;
    readonly protocol?: string | undefined;
    readonly systems: readonly string[];
    readonly days?: number | undefined;
  },
): Promise<RecordingClass> {
  const { name, place, protocol = null, days = null } = input;
  const systemIds: string[] = [];
  for (const [i, one] of input.systems.entries()) {
    const system = await getSystem(ctx.tx, one);
    if (system === undefined)
      throw invalid(`/systems/${i}`, 'is no system that is connected', 'reeve systems ls names them');
    systemIds.push(system.id);
  }
  await oneAtATime(ctx.tx);
  await refuseToNarrow(ctx.tx, { name, protocol, systemIds });
  const put = await ctx.tx.one<RecordingClass>(sql`
    insert into recording_class (id, name, place, protocol, system_ids, days, counts_from)
    values (${newId(ctx.now.getTime())}, ${name}, ${place}, ${protocol}, ${sql.array(systemIds)}::uuid[], ${days}, ${after(ctx.now)})
    on conflict on constraint recording_class_name_is_one_classs do update
      set place = excluded.place, protocol = excluded.protocol, system_ids = excluded.system_ids, days = excluded.days
    returning ${columns}`);
  await waitAnew(ctx);
  const countsFrom = after(ctx.now);
  await ctx.record(permit, {
    event: recordingClassPut,
    data: { name, place, protocol, systemIds, days, countsFrom: countsFrom.toISOString() },
  });
  return { ...put, countsFrom };
}

/** What is held would be held no longer where its class came to take in something else, and that takes two. */
async function refuseToNarrow(
  tx: Queryable,
  { name, protocol, systemIds }: Pick<RecordingClass, 'name' | 'protocol' | 'systemIds'>,
): Promise<void> {
  const ids = sql`${sql.array(systemIds)}::uuid[]`;
  const held = await tx.maybe(sql`
    select 1 from recording_class c join recording_hold h on h.class_id = c.id and h.lifted_at is null
     where c.name = ${name}
       and (c.protocol is distinct from ${protocol} or not (c.system_ids @> ${ids} and c.system_ids <@ ${ids})) limit 1`);
  if (held !== undefined)
    throw conflict(
      'recording_class.held',
      `recordings of ${name} are held, so what it takes in stays as it is`,
      'change its place or days only, put another class, or have the hold lifted',
    );
}

/** What was of it is of the next class that fits, or kept for good. */
export async function removeClass(ctx: Ctx, permit: Permit<'recording_class.remove'>, name: string): Promise<void> {
  await oneAtATime(ctx.tx);
  const gone = await ctx.tx.run(sql`
    delete from recording_class c where c.name = ${name}
      and not exists (select 1 from recording_hold h where h.class_id = c.id)`);
  if (gone === 0) {
    if ((await ctx.tx.maybe(sql`select 1 from recording_class where name = ${name}`)) !== undefined)
      throw invalid('/name', 'is of a class that was or is held', 'put it without days: for good');
    throw notFound('recording class', name);
  }
  await waitAnew(ctx);
  await ctx.record(permit, { event: recordingClassRemoved, data: { name } });
}

/**
 * Every change of a class changes all of them, so two at once would wait for each other for ever; and no hold on one is
 * placed between looking whether there is one and the change.
 */
const oneAtATime = (tx: Queryable): Promise<number> =>
  tx.run(sql`lock table recording_class in share row exclusive mode`);

const waitAnew = (ctx: Ctx): Promise<number> =>
  ctx.tx.run(sql`update recording_class set counts_from = ${after(ctx.now)}`);
