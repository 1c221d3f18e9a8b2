import type { Inspection } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { takeScore } from '../estate/score.ts';
import { looked } from '../events.ts';
import { keyPaths } from '../keys/key-paths.ts';
import { keepSightings, readWorld } from '../keys/read-world.ts';
import { tellOutside } from '../outside/tell-outside.ts';
import { leaveToLook } from '../queue/tell-from-reading.ts';
import { judge } from '../rules/index.ts';
import { keepPaths } from './keep-paths.ts';

const STALE_DAYS = 180;
const DORMANT_DAYS = 90;
/** Keys of one system are power on others: what follows from them is worked out by one look at a time. */
const LOCK = 0x6b657973;

/** What an observation that could not be made would have led to: paths of these kinds do not count as gone. */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  databases: [
    'definer_routine',
    'server_function',
    'dangerous_function',
    'grant_option',
    'open_to_all',
    'owns',
    'stored_password',
    'open_language',
    'reads_hashes',
    'borrowed_trigger',
    'definer_view',
    'open_mapping',
    'secret_in_attribute',
  ],
  configuration: ['plain_password', 'weak_hash', 'weak_password', 'mapped_login', 'stored_password', 'open_rule'],
  password: ['empty_password', 'stale_password', 'never_expiring_password', 'plain_password', 'weak_password'],
  certificates: ['certificate_template', 'certificate_authority'],
  settings_of_domain: [
    'machine_quota',
    'anonymous_read',
    'unprotected_groups',
    'ticket_key',
    'weak_hash',
    'secret_in_attribute',
  ],
  special: [
    'mapped_certificate',
    'secret_in_attribute',
    'delegation',
    'acts_on_behalf',
    'key_credential',
    'reads_password_of',
  ],
  no_laps: ['no_laps', 'delegation', 'acts_on_behalf', 'controls_computer', 'reads_local_password'],
  trust_login: ['open_login'],
  writable_file: [
    'writable_file',
    'control_socket',
    'root_runs_writable',
    'runs_writable',
    'keys_writable',
    'startup_writable',
    'readable_secret',
  ],
};

/** Keeps what a look saw: paths found, still there, gone; keys; log-ons outside; the day's score. */
export async function keepLook(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly lookId: string;
    readonly systemId: string;
    readonly management: string;
    /** Everything was looked at, also what had not changed. */
    readonly whole: boolean;
    readonly inspection: Inspection;
  },
): Promise<void> {
  const { tx, now } = ctx;
  const { systemId, inspection, management } = input;
  await tx.one(sql`select pg_advisory_xact_lock(${LOCK})`);
  const paths = judge(inspection.observations, { management, staleDays: STALE_DAYS, dormantDays: DORMANT_DAYS, now });
  const unsure = inspection.leftOut.flatMap(({ kind }) => kindsOf[kind] ?? [kind]);
  const own = await keepPaths(ctx, permit, { systemId, paths, source: 'look', unsure });
  await tx.run(sql`
    insert into privilege_schedule as p (system_id, every_seconds, masters, memory, whole_at)
    values (${systemId}, 86400, ${sql.array(inspection.masters)}, ${inspection.memory ?? null}, ${input.whole ? now : null})
    on conflict (system_id) do update set masters = excluded.masters, memory = excluded.memory, whole_at = coalesce(excluded.whole_at, p.whole_at)`);
  await keepSightings(ctx, systemId, inspection.keys);
  const world = await readWorld(tx);
  const byKeys = keyPaths(world);
  let { opened, gone } = own;
  for (const each of world.systems.keys()) {
    const kept = await keepPaths(ctx, permit, {
      systemId: each,
      paths: byKeys.get(each) ?? [],
      source: 'keys',
      unsure: [],
    });
    if (each === systemId) ({ opened, gone } = { opened: opened + kept.opened, gone: gone + kept.gone });
  }
  await leaveToLook(ctx, systemId);
  await tellOutside(ctx, permit, { systemId, management, logons: inspection.logons, masters: inspection.masters });
  await takeScore(ctx, systemId);
  const counts = { seen: paths.length + (byKeys.get(systemId)?.length ?? 0), opened, gone };
  await tx.run(sql`
    update privilege_look set state = 'done', ended_at = ${now}, counts = ${sql.json(counts)}::jsonb, left_out = ${sql.json(inspection.leftOut)}::jsonb,
      whole = ${input.whole}, spared = ${inspection.spared ?? null}
     where id = ${input.lookId}`);
  await tx.run(sql`
    update privilege_schedule set next_at = ${now}::timestamptz + make_interval(secs => every_seconds) where system_id = ${systemId}`);
  await ctx.record(permit, { event: looked, data: { lookId: input.lookId, systemId, whole: input.whole, ...counts } });
}
