import { runCommand, type LabPostgres } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import type { GuardedHouse } from './guarded-house.ts';

/** An administrator no source knows. */
export const soloAdmin = async (house: GuardedHouse): Promise<string> =>
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const facts = { displayName: 'Root Admin', username: 'first-admin' };
    const { id } = await createIdentity(ctx, permit, { kind: 'person', facts });
    await startGrant(ctx, permit, {
      identityId: id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return id;
  });

/** Statements on a server's database `shop`, past everything of Reeve's; each in its own transaction. */
export async function onServer(lab: LabPostgres, ...statements: readonly string[]): Promise<string> {
  let out = '';
  for (const statement of statements) {
    const { code, stdout, stderr } = await runCommand('psql', ['-XAtc', statement], {
      env: lab.env(undefined, 'shop'),
    });
    if (code !== 0) throw new Error(stderr);
    out = stdout.trim();
  }
  return out;
}

const READER = { username: 'people_reader', password: 'reads people only' };

/** Connects a server with a role that may read the schema `hr` and nothing else. */
export async function connectReader(house: GuardedHouse, admin: string, name: string, lab: LabPostgres): Promise<void> {
  await onServer(
    lab,
    'create schema hr',
    `create role ${READER.username} login password '${READER.password}'`,
    `grant connect on database shop to ${READER.username}`,
    `grant usage on schema hr to ${READER.username}`,
    `alter default privileges in schema hr grant select on tables to ${READER.username}`,
  );
  await house.perform(
    'systems.connect',
    {
      name,
      kind: 'postgres',
      host: lab.host,
      port: lab.port,
      settings: { database: 'shop' },
      pinned: [lab.tls === undefined ? 'tls:none' : `tls-sha256:${lab.tls.fingerprint256}`],
      username: READER.username,
      secret: { kind: 'password', value: READER.password },
    },
    admin,
  );
}

/** Connects a system of the lab that shows a certificate, with a user name and a password. */
export const connectLab = (
  house: GuardedHouse,
  admin: string,
  as: { readonly name: string; readonly kind: string },
  lab: { readonly host: string; readonly port: number; readonly tls: { readonly fingerprint256: string } },
  login: { readonly username: string; readonly password: string },
): Promise<unknown> =>
  house.perform(
    'systems.connect',
    {
      ...as,
      host: lab.host,
      port: lab.port,
      settings: {},
      pinned: [`tls-sha256:${lab.tls.fingerprint256}`],
      username: login.username,
      secret: { kind: 'password', value: login.password },
    },
    admin,
  );

/** What a reading came to. */
export interface Collected {
  readonly state: string;
  readonly codes: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly problem: string | null;
}

/** Has a source read now, and waits for all that follows. */
export async function collect(house: GuardedHouse, admin: string, source: string): Promise<Collected> {
  const before = await lookedAt(house, source);
  house.clock.advance(1_000);
  await house.perform('sources.collect', { source }, admin);
  await until(async () => (await lookedAt(house, source)) !== before, { timeoutMs: 150_000 });
  await house.settle(150_000);
  const { state, problems, counts, problem } = await house.db.one<{
    state: string;
    problems: readonly { code: string }[];
    counts: Record<string, number>;
    problem: string | null;
  }>(sql`
    select r.state, r.problems, r.counts, s.problem
      from source_reading s join people_source p on p.id = s.source_id join feed_run r on r.id = s.run_id where p.name = ${source}`);
  return { state, counts, problem, codes: [...new Set(problems.map(({ code }) => code))] };
}

const lookedAt = async (house: GuardedHouse, source: string): Promise<number | undefined> =>
  (
    await house.db.maybe<{ lookedAt: Date | null }>(
      sql`select looked_at from source_reading s join people_source p on p.id = s.source_id where p.name = ${source}`,
    )
  )?.lookedAt?.getTime();
