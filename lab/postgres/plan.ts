/** What the PostgreSQL target should hold before anyone touches it. Pure data. */

export interface PlannedRole {
  readonly name: string;
  /** Role attributes as SQL words: `superuser`, `bypassrls`, `createrole`, `createdb`, `replication`. */
  readonly attributes?: readonly ('superuser' | 'bypassrls' | 'createrole' | 'createdb' | 'replication')[];
  /** Can log in, with a random password of this run. A role without login is a group. */
  readonly login?: boolean;
  /** Roles this one is a member of. */
  readonly memberOf?: readonly string[];
  readonly comment?: string;
  /** ISO date the password ends on. */
  readonly validUntil?: string;
}

export interface DatabasePlan {
  readonly name: string;
  readonly roles: readonly PlannedRole[];
  readonly databases: readonly {
    readonly name: string;
    readonly owner: string;
    readonly statements: readonly string[];
  }[];
}
