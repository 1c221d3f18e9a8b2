import { sql, type Queryable } from '#kit/db/index.ts';

/** Who signs with a pinned SSH host key of that system is this identity. */
export interface WorkloadHost {
  readonly id: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly identityId: string;
  /** Fingerprints of the keys that count: those the system was pinned with. */
  readonly pinned: string[];
  readonly scopes: string[];
  readonly seconds: number;
  readonly madeAt: Date;
}

/** Hosts that are bound, of systems that are there. */
export const hosts = (tx: Queryable, systemName?: string): Promise<WorkloadHost[]> =>
  tx.many<WorkloadHost>(sql`
    select h.id, h.system_id, s.name as system_name, h.identity_id, s.pinned, h.scopes, h.seconds, h.made_at
      from workload_host h join system s on s.id = h.system_id
     where h.removed_at is null and s.valid_to is null and s.kind = 'linux'
       and (${systemName ?? null}::text is null or s.name = ${systemName ?? null})
     order by s.name limit 5000`);
