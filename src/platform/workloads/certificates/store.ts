import { sql, type Queryable } from '#kit/db/index.ts';

/** A certificate authority that is trusted. */
export interface Authority {
  readonly id: string;
  readonly name: string;
  readonly certificate: string;
  readonly fingerprint: string;
  /** As they were uploaded last, PEM. */
  readonly revocationLists: string | null;
  readonly listsChangedAt: Date | null;
  readonly madeAt: Date;
}
/** Whose certificate carries this name is this identity. */
export interface CertificateRule {
  readonly id: string;
  readonly authorityId: string;
  readonly identityId: string;
  readonly kind: 'uri' | 'dns' | 'subject';
  readonly value: string;
  readonly scopes: string[];
  readonly seconds: number;
  readonly madeAt: Date;
}

const authorityColumns = sql`id, name, certificate, fingerprint, revocation_lists, lists_changed_at, made_at`;
const ruleColumns = sql`id, authority_id, identity_id, kind, value, scopes, seconds, made_at`;

export const authorities = (tx: Queryable): Promise<Authority[]> =>
  tx.many<Authority>(
    sql`select ${authorityColumns} from workload_authority where removed_at is null order by name limit 200`,
  );
export const findAuthority = (tx: Queryable, id: string): Promise<Authority | undefined> =>
  tx.maybe<Authority>(
    sql`select ${authorityColumns} from workload_authority where removed_at is null and id = ${id} for update`,
  );
export const certificateRules = (tx: Queryable, authorityIds?: readonly string[]): Promise<CertificateRule[]> =>
  tx.many<CertificateRule>(sql`
    select ${ruleColumns} from workload_certificate_rule
     where removed_at is null and (${authorityIds ?? null}::uuid[] is null or authority_id = any(${authorityIds ?? null}::uuid[]))
     order by made_at, id limit 5000`);
