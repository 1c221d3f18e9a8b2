import type { LockedOn } from '#spine/locks/index.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { Authority, Certificate, CertifiedHost, Trust } from './model.ts';

const authorityColumns = sql`id, purpose, generation, secret_id, public_key, fingerprint, made_at, ended_at`;

/** Authorities that are trusted somewhere, newest first. */
export const authorities = (tx: Queryable, purpose?: 'user' | 'host'): Promise<Authority[]> =>
  tx.many<Authority>(sql`
    select ${authorityColumns} from ssh_authority
     where ended_at is null and (${purpose ?? null}::text is null or purpose = ${purpose ?? null}) order by purpose, generation desc`);

const certificateColumns = sql`c.id, c.serial::text as serial, c.kind, c.authority_id, c.system_id, c.identity_id, c.grant_ids, c.principals, c.key_id,
  c.key_fingerprint, c.valid_from, c.valid_to, c.issued_at, c.revoked_at, c.revoked_because`;

export const insertCertificate = (
  tx: Queryable,
  c: Certificate & { readonly accountIds: readonly string[]; readonly personAddress: string | null },
): Promise<number> =>
  tx.run(sql`
    insert into ssh_certificate (id, serial, kind, authority_id, system_id, identity_id, account_ids, grant_ids, principals, key_id,
                                 key_fingerprint, valid_from, valid_to, issued_at, person_address)
    values (${c.id}, ${c.serial}, ${c.kind}, ${c.authorityId}, ${c.systemId}, ${c.identityId}, ${sql.array(c.accountIds)}::uuid[],
            ${sql.array(c.grantIds)}::uuid[], ${sql.array(c.principals)}::text[], ${c.keyId}, ${c.keyFingerprint}, ${c.validFrom}, ${c.validTo}, ${c.issuedAt}, ${c.personAddress})`);

export const nextSerial = async (tx: Queryable): Promise<bigint> =>
  BigInt((await tx.one<{ n: string }>(sql`select nextval('ssh_certificate_serial')::text as n`)).n);

/** Certificates that would still be let in, of a person, an id or resting on a grant. */
export const liveCertificates = (
  tx: Tx,
  of:
    | { readonly grantIds: readonly string[] }
    | { readonly identityId: string }
    | { readonly id: string }
    | { readonly locked: LockedOn },
): Promise<Certificate[]> =>
  tx.many<Certificate>(sql`
    select ${certificateColumns} from ssh_certificate c
     where c.revoked_at is null and c.valid_to > ${tx.now} and ${
       'grantIds' in of
         ? sql`c.grant_ids && ${sql.array(of.grantIds)}::uuid[]`
         : 'id' in of
           ? sql`c.id = ${of.id}`
           : 'identityId' in of
             ? sql`c.identity_id = ${of.identityId}`
             : sql`c.identity_id is not null
                   and (${of.locked.identityId ?? null}::uuid is null or c.identity_id = ${of.locked.identityId ?? null})
                   and (${of.locked.systemId ?? null}::uuid is null or c.system_id = ${of.locked.systemId ?? null})
                   and (${of.locked.accountId ?? null}::uuid is null or ${of.locked.accountId ?? null} = any(c.account_ids))`
     } for update`);

/** A certificate, and whose and for what. */
export interface NamedCertificate extends Certificate {
  readonly identityName: string | null;
  readonly systemName: string | null;
}

export async function listCertificates(
  tx: Tx,
  input: {
    readonly identityId?: string | undefined;
    readonly systemId?: string | undefined;
    readonly live?: boolean | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: NamedCertificate[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<NamedCertificate>(sql`
    select ${certificateColumns}, s.name as system_name,
      (select display_name from identity_facts f where f.identity_id = c.identity_id order by valid_from desc limit 1) as identity_name
    from ssh_certificate c left join system s on s.id = c.system_id
    where (${input.identityId ?? null}::uuid is null or c.identity_id = ${input.identityId ?? null})
      and (${input.systemId ?? null}::uuid is null or c.system_id = ${input.systemId ?? null})
      and (not ${input.live === true} or (c.revoked_at is null and c.valid_to > ${tx.now}))
      and (${after}::uuid is null or c.id < ${after}) order by c.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (row) => [row.id]);
}

const trustColumns = sql`t.system_id, s.name as system_name, t.scope, t.state, t.problem, t.longest_seconds, t.extensions, t.source_address,
  t.trusts, t.revoked_number::text as revoked_number, t.asked_at, t.set_up_at, t.checked_at, t.behind_since`;

export const getTrust = (tx: Queryable, systemId: string): Promise<Trust | undefined> =>
  tx.maybe<Trust>(
    sql`select ${trustColumns} from ssh_trust t join system s on s.id = t.system_id where t.system_id = ${systemId}`,
  );

export const listTrusts = (tx: Queryable): Promise<Trust[]> =>
  tx.many<Trust>(sql`select ${trustColumns} from ssh_trust t join system s on s.id = t.system_id order by s.name`);

const hostColumns = sql`h.system_id, s.name as system_name, s.port, h.names, h.state, h.problem, h.asked_at, h.valid_to, h.proved_at`;

export const getHost = (tx: Queryable, systemId: string): Promise<CertifiedHost | undefined> =>
  tx.maybe<CertifiedHost>(
    sql`select ${hostColumns} from ssh_host h join system s on s.id = h.system_id where h.system_id = ${systemId}`,
  );

export const listHosts = (tx: Queryable): Promise<CertifiedHost[]> =>
  tx.many<CertifiedHost>(
    sql`select ${hostColumns} from ssh_host h join system s on s.id = h.system_id order by s.name`,
  );

/** Accounts of a system somebody may come to by a grant: their own, and those whose use can be granted. */
export const candidateAccounts = (
  tx: Queryable,
  ask: { readonly identityId: string; readonly systemId: string },
): Promise<{ readonly id: string; readonly name: string }[]> =>
  tx.many(sql`
    select a.id, a.name from account a
     where a.system_id = ${ask.systemId} and a.state <> 'gone' and a.valid_to is null
       and (a.identity_id = ${ask.identityId}
            or exists (select from entitlement e where e.account_id = a.id and e.valid_to is null))
     order by a.name limit 200`);

/** Accounts of a system by their names there. */
export const accountNames = async (tx: Queryable, systemId: string): Promise<string[]> =>
  (
    await tx.many<{ name: string }>(
      sql`select native_id as name from account where system_id = ${systemId} and state <> 'gone' and valid_to is null order by 1`,
    )
  ).map(({ name }) => name);

/** The number of the revocation list. */
export const revocationNumber = async (tx: Queryable): Promise<bigint> =>
  BigInt((await tx.one<{ number: string }>(sql`select number::text as number from ssh_revocations`)).number);
