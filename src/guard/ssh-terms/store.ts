import { sql, type Queryable } from '#kit/db/index.ts';

/** What sessions on a system may do besides terminal and commands. */
export interface SshTerms {
  /** `host:port` as seen from the target. */
  readonly forwardTo: readonly string[];
  /** Ports of the target's loopback. */
  readonly listenOn: readonly number[];
  readonly files: 'both' | 'from_target' | 'to_target' | 'none';
  /** Absolute; what is below them too. */
  readonly deniedPaths: readonly string[];
}

/** What holds where nobody said anything. */
export const NO_TERMS: SshTerms = { forwardTo: [], listenOn: [], files: 'both', deniedPaths: [] };

export const termsOf = async (tx: Queryable, systemId: string): Promise<SshTerms> =>
  (await tx.maybe<SshTerms>(
    sql`select forward_to, listen_on, files, denied_paths from ssh_terms where system_id = ${systemId}`,
  )) ?? NO_TERMS;
