/** What the directory should hold before anyone touches it. Pure data. */

export interface PlannedEntry {
  /** Login name, and with the container its place: `uid=<name>,ou=<container>,<suffix>`. */
  readonly name: string;
  readonly fullName: string;
  /** `people` when not given. */
  readonly container?: string;
  /** Extra or other attributes; `objectClass` replaces `inetOrgPerson`. */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  /** A random password of this run is set unless this is false. */
  readonly password?: boolean;
  readonly locked?: boolean;
  /** Named by `cn=<name>` and without a login name, as accounts of programs often are. */
  readonly nameless?: boolean;
}

export interface PlannedDirectoryGroup {
  readonly name: string;
  readonly kind: 'groupOfNames' | 'groupOfUniqueNames' | 'posixGroup';
  /** Names of entries, `group:<name>` for a group in the group, or a whole distinguished name. */
  readonly members: readonly string[];
  readonly description?: string;
  readonly gidNumber?: number;
}

export interface DirectoryPlan {
  readonly name: string;
  readonly suffix: string;
  readonly entries: readonly PlannedEntry[];
  readonly groups: readonly PlannedDirectoryGroup[];
  /** Access rules (slapd.access(5), without `to`/`{n}` numbering handled here) put before the ordinary ones; `%s` is the suffix. */
  readonly accessRules: readonly string[];
}
