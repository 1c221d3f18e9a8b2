import type { Lab } from '../index.ts';
import { until, type Actor } from './cast.ts';

/** The systems of the story, by name. */
export interface Connected {
  systemId(name: string): string;
}

interface Run {
  readonly state: string;
  readonly systemId: string;
  readonly problem: string | null;
  readonly counts: Readonly<Record<string, number>> | null;
}

/** Connects the lab's hosts and database, each pinned, each with its credential straight into the vault, and reads them. */
export async function connectTargets(
  as: Actor,
  lab: Lab,
  idOf: (username: string) => string,
  say: (line: string) => void,
): Promise<Connected> {
  const ids = new Map<string, string>();
  const owners: Readonly<Record<string, string>> = {
    web1: 'priya',
    web2: 'priya',
    bastion1: 'tomas',
    db1: 'mikael',
    orders: 'mikael',
  };
  const connect = async (name: string, body: object): Promise<void> => {
    const owner = owners[name];
    const made = await as.post<{ id: string }>('/v1/systems', {
      name,
      ...(owner === undefined ? {} : { ownerId: idOf(owner) }),
      ...body,
    });
    ids.set(name, made.id);
  };
  for (const host of lab.hosts.hosts.values()) {
    if (!host.isolated) continue;
    await connect(host.name, {
      kind: 'linux',
      host: host.host,
      port: host.port,
      pinned: [host.hostKeyFingerprint],
      username: host.management.username,
      secret: { kind: 'ssh_key', value: host.management.privateKey },
    });
  }
  const { postgres } = lab;
  if (postgres !== undefined) {
    await connect('orders', {
      kind: 'postgres',
      host: postgres.host,
      port: postgres.port,
      pinned: [postgres.tls === undefined ? 'tls:none' : `tls-sha256:${postgres.tls.fingerprint256}`],
      username: postgres.superuser.username,
      secret: { kind: 'password', value: postgres.superuser.password },
    });
  }
  await Promise.all([...ids.values()].map((id) => as.post(`/v1/systems/${id}/read`)));
  const settled = await until(
    () => as.get<{ items: Run[] }>('/v1/discovery/runs?limit=50'),
    (a) => a.items.length >= ids.size && a.items.every((r) => r.state !== 'waiting'),
    'reading the systems',
    60_000,
  );
  for (const [name, id] of ids) {
    const run = settled.items.find((r) => r.systemId === id);
    if (run?.state !== 'done') throw new Error(`${name} could not be read: ${run?.problem}`);
    say(
      `${name.padEnd(9)} ${run.counts?.['accounts']} accounts, ${run.counts?.['entitlements']} entitlements, ${run.counts?.['holdings']} holdings`,
    );
  }
  return {
    systemId: (name) => {
      const id = ids.get(name);
      if (id === undefined) throw new Error(`${name} is not connected`);
      return id;
    },
  };
}

/** Says what sudo on web1 is, who answers for it, and that it may be asked for, for eight hours at most. */
export async function describeAccess(
  as: Actor,
  connected: Connected,
  idOf: (username: string) => string,
): Promise<string> {
  const found = await as.get<{ items: { id: string; nativeId: string }[] }>(
    `/v1/entitlements?system=${connected.systemId('web1')}&limit=200`,
  );
  const sudo = found.items.find((e) => e.nativeId === 'sudo:ALL');
  if (sudo === undefined) throw new Error('web1 offers no sudo:ALL');
  await as.post(`/v1/entitlements/${sudo.id}/describe`, {
    description: 'Root on web1 through sudo, for incidents and releases',
    ownerId: idOf('priya'),
    risk: 'high',
    requestable: true,
    maxSeconds: 8 * 3600,
  });
  return sudo.id;
}
