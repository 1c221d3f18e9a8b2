import { sql, type Queryable } from '#kit/db/index.ts';

/** Files that are kept with the recording. */
export interface CaptureTerms {
  /** The name of the account they are of; null: of any. */
  readonly account: string | null;
  readonly direction: 'both' | 'from_target' | 'to_target';
  /** Absolute; `*` stands for anything within a name, `**` for anything. */
  readonly path: string;
  /** Of one file, each time it is opened. */
  readonly mostBytes: number;
  /** What becomes of a larger one: it goes on and is kept so far, or it is refused there. */
  readonly beyond: 'go_on' | 'refuse';
}

/** What sessions on a system may do besides terminal and commands. */
export interface SshTerms {
  /** `host:port` as seen from the target. */
  readonly forwardTo: readonly string[];
  /** Ports of the target's loopback. */
  readonly listenOn: readonly number[];
  /** Whether programs on the system may use the agent of whoever comes. */
  readonly agent: boolean;
  readonly files: 'both' | 'from_target' | 'to_target' | 'none';
  /** Absolute; what is below them too. */
  readonly deniedPaths: readonly string[];
  /** Which files are kept: the first that fits. */
  readonly capture: readonly CaptureTerms[];
}

/** What holds where nobody said anything. */
export const NO_TERMS: SshTerms = {
  forwardTo: [],
  listenOn: [],
  agent: false,
  files: 'both',
  deniedPaths: [],
  capture: [],
};

export const termsOf = async (tx: Queryable, systemId: string): Promise<SshTerms> =>
  (await tx.maybe<SshTerms>(
    sql`select forward_to, listen_on, agent, files, denied_paths, capture from ssh_terms where system_id = ${systemId}`,
  )) ?? NO_TERMS;
