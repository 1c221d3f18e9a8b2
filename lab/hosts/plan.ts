/** What a lab host should look like before anyone touches it. Pure data: fixtures write it, `stage-host.ts` makes it real. */

export interface PlannedUser {
  readonly name: string;
  readonly fullName: string;
  /** Counted up from 1000 when not given. Several users may share one number: that is how a uid-0 twin is planted. */
  readonly uid?: number;
  /** Supplementary groups; unknown ones are made. */
  readonly groups?: readonly string[];
  readonly shell?: string;
  readonly home?: string;
  /** `set`: a random password of this run. `locked`: the same behind `!`. `none`: `*`, key login only. Default `none`. */
  readonly password?: 'set' | 'locked' | 'none';
  readonly passwordAgeDays?: number;
  /** Days a password may live; `null` never expires. Default 90. */
  readonly passwordMaxDays?: number | null;
  /** Makes a key pair of this run and authorises it. */
  readonly key?: boolean;
  /** Days since the last login, written to lastlog; not given means lastlog says never. */
  readonly lastLoginDaysAgo?: number;
  /** Full lines for `/etc/sudoers.d/<name>`, without the user: `ALL=(ALL) NOPASSWD: ALL`. */
  readonly sudo?: readonly string[];
}

export interface PlannedGroup {
  readonly name: string;
  readonly gid?: number;
  /** Lines for `/etc/sudoers.d/group-<name>`, without the `%group`. */
  readonly sudo?: readonly string[];
}

export interface HostPlan {
  readonly name: string;
  readonly purpose: string;
  readonly users: readonly PlannedUser[];
  readonly groups?: readonly PlannedGroup[];
  /** Comments of keys found in root's authorized_keys besides the run's own; nobody knows their owner. */
  readonly strayRootKeys?: readonly string[];
}
