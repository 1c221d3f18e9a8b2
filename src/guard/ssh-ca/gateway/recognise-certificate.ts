import type { CertificateProof, ProvenIdentity } from '#gateways/port.ts';
import { sql, type Db, type Tx } from '#kit/db/index.ts';
import { gatewayPrincipal } from '../model.ts';

/**
 * Whose certificate this is, or undefined. It has to be on record as it is, for the gateway, not revoked and not over,
 * signed by an authority that still counts, and of somebody active. What the gateway has not checked is whether any of that
 * is so.
 */
export async function identityOfCertificate(
  db: Db,
  proof: CertificateProof,
  now: Date,
): Promise<ProvenIdentity | undefined> {
  // serials are counted from one in 63 bits; what is no such number is none of ours
  if (!/^[1-9]\d{0,17}$/u.test(proof.serial)) return undefined;
  const row = await db.maybe<{ id: string; identityId: string; personAddress: string | null }>(
    sql.named(
      'ssh_certificate_identity_and_place',
      sql`
        select c.id, c.identity_id, c.person_address from ssh_certificate c
        join ssh_authority a on a.id = c.authority_id
        join identity_facts f on f.identity_id = c.identity_id
          and f.state = 'active' and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})
        where c.serial = ${proof.serial}::bigint and c.kind = 'gateway' and c.revoked_at is null
          and c.valid_from <= ${now} and c.valid_to > ${now}
          and c.key_fingerprint = ${proof.fingerprint}
          and a.fingerprint = ${proof.authority} and a.purpose = 'user' and a.ended_at is null`,
    ),
  );
  if (row === undefined) return undefined;
  const [principal, another] = proof.principals;
  if (another !== undefined || principal !== gatewayPrincipal(row.identityId)) return undefined;
  return {
    identityId: row.identityId,
    certificateId: row.id,
    ...(row.personAddress === null ? {} : { address: row.personAddress }),
  };
}

/** Whether a certificate still counts; whoever revokes it waits until the asking transaction is over. */
export const certificateHolds = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.maybe(
    sql`select id from ssh_certificate where id = ${id} and revoked_at is null and valid_to > ${tx.now} for share`,
  )) !== undefined;
