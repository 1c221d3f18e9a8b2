import { sql, type Queryable } from '#kit/db/index.ts';

/** A platform whose tokens are taken. */
export interface Issuer {
  readonly id: string;
  readonly name: string;
  /** As its tokens say it. */
  readonly issuer: string;
  readonly keysUrl: string;
  readonly audience: string;
  readonly madeAt: Date;
}
/** Whose token carries these claims is this identity. */
export interface Binding {
  readonly id: string;
  readonly issuerId: string;
  readonly identityId: string;
  readonly claims: Readonly<Record<string, string>>;
  readonly scopes: string[];
  readonly seconds: number;
  readonly madeAt: Date;
}

const issuerColumns = sql`id, name, issuer, keys_url, audience, made_at`;
const bindingColumns = sql`id, issuer_id, identity_id, claims, scopes, seconds, made_at`;

export const issuers = (tx: Queryable): Promise<Issuer[]> =>
  tx.many<Issuer>(sql`select ${issuerColumns} from workload_issuer where removed_at is null order by name limit 500`);
export const findIssuer = (
  tx: Queryable,
  by: { readonly id: string } | { readonly issuer: string },
): Promise<Issuer | undefined> =>
  tx.maybe<Issuer>(sql`
    select ${issuerColumns} from workload_issuer
     where removed_at is null and ${'id' in by ? sql`id = ${by.id}` : sql`issuer = ${by.issuer}`}`);
export const bindings = (tx: Queryable, issuerId?: string): Promise<Binding[]> =>
  tx.many<Binding>(sql`
    select ${bindingColumns} from workload_binding
     where removed_at is null and (${issuerId ?? null}::uuid is null or issuer_id = ${issuerId ?? null})
     order by made_at, id limit 5000`);
