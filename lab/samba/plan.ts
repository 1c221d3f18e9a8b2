/** What an Active Directory domain should hold before anyone touches it. Pure data: fixtures write it, `plant-domain.ts` makes it real. */

/** Flags of `userAccountControl` (MS-ADTS 2.2.16) a fixture may set on a user. */
export type AccountFlag =
  | 'disabled'
  | 'password_never_expires'
  | 'trusted_for_delegation'
  | 'no_preauth'
  | 'trusted_to_impersonate';

export interface PlannedDomainUser {
  /** sAMAccountName, at most 20 characters. */
  readonly name: string;
  readonly fullName: string;
  /** Unit it is in, as {@link DomainPlan.units} writes it. */
  readonly unit: string;
  /** Security groups by name, built-in ones too. */
  readonly groups?: readonly string[];
  readonly flags?: readonly AccountFlag[];
  /** More attributes as LDAP names them: `mail`, `servicePrincipalName`, `adminCount`… */
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>;
  /** A group that becomes the primary group; it then no longer lists the user among its members. */
  readonly primaryGroup?: string;
}

export interface PlannedDomainGroup {
  readonly name: string;
  readonly unit: string;
  readonly scope?: 'global' | 'domain_local' | 'universal';
  /** Groups this one is a member of. */
  readonly groups?: readonly string[];
  readonly description?: string;
}

/** One access control entry planted on an object. */
export interface PlannedDelegation {
  /** `domain`, `unit:<unit>`, `group:<name>`, `user:<name>`, or a name below the domain such as `CN=AdminSDHolder,CN=System`. */
  readonly on: string;
  /** User or group it is given to. */
  readonly to: string;
  /** The entry in SDDL up to the trustee (MS-DTYP 2.5.1.1): `A;CI;GA;;` or `OA;CIIO;CR;00299570-…;bf967aba-…`. */
  readonly entry: string;
}

export interface DomainPlan {
  readonly name: string;
  /** Kerberos realm; in small letters it is the domain's DNS name. */
  readonly realm: string;
  /** NetBIOS name of the domain. */
  readonly netbios: string;
  /** Organizational units from the domain down, parents first: `Larkspur`, `Larkspur/People`. */
  readonly units: readonly string[];
  readonly groups: readonly PlannedDomainGroup[];
  readonly users: readonly PlannedDomainUser[];
  readonly delegations: readonly PlannedDelegation[];
}
