/** What the MariaDB target should hold before anyone touches it. Pure data. */

export interface PlannedMariadbRole {
  readonly name: string;
  readonly memberOf?: readonly string[];
  /** `<privileges> on <what>`, as behind `grant` in SQL. */
  readonly grants?: readonly string[];
}

export interface PlannedMariadbAccount {
  readonly name: string;
  /** From where it may log in; `%` (anywhere) when not given. */
  readonly host?: string;
  /** How it proves itself; `native` with a random password of this run when not given. `empty`: a password of no characters. */
  readonly method?: 'native' | 'ed25519' | 'unix_socket' | 'empty';
  readonly memberOf?: readonly string[];
  /** Roles it may also give to others. */
  readonly adminOf?: readonly string[];
  readonly defaultRole?: string;
  readonly grants?: readonly string[];
  /** What goes behind `alter user`, such as `account lock`. */
  readonly alter?: string;
}

export interface MariadbPlan {
  readonly name: string;
  readonly roles: readonly PlannedMariadbRole[];
  readonly accounts: readonly PlannedMariadbAccount[];
  /** Each statement on one line. */
  readonly databases: readonly { readonly name: string; readonly statements: readonly string[] }[];
}
