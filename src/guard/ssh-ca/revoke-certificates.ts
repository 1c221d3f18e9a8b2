import { sql } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { endSessionsOfCertificates } from '#guard/sessions/index.ts';
import { certificateRevoked } from './events.ts';
import type { Certificate } from './model.ts';
import { REFRESH } from './queue-refresh.ts';

/**
 * Revokes certificates that would still be let in: the list gets the next number, and goes to their targets at once. One for
 * the gateway is no target's business: the gateway asks each time, and what was opened with it ends. Said in clear to the
 * log, so no words of a person.
 */
export async function revokeCertificates(
  ctx: Ctx,
  permit: Permit,
  certificates: readonly Certificate[],
  because: string,
): Promise<number> {
  if (certificates.length === 0) return 0;
  const systems = new Set(certificates.flatMap((one) => one.systemId ?? []));
  if (systems.size > 0) await ctx.tx.run(sql`update ssh_revocations set number = number + 1, changed_at = ${ctx.now}`);
  await ctx.tx.run(sql`
    update ssh_certificate set revoked_at = ${ctx.now}, revoked_because = ${because}
     where id = any(${certificates.map(({ id }) => id)}::uuid[])`);
  await ctx.recordAll(
    permit,
    certificates.map(({ id, serial, systemId, identityId }) => ({
      event: certificateRevoked,
      subject: identityId ?? undefined,
      data: { certificateId: id, serial, systemId, because },
    })),
  );
  await endSessionsOfCertificates(
    ctx,
    permit,
    certificates.flatMap(({ id, kind }) => (kind === 'gateway' ? [id] : [])),
  );
  for (const systemId of systems) {
    await ctx.tx.run(
      sql`update ssh_trust set behind_since = coalesce(behind_since, ${ctx.now}) where system_id = ${systemId} and state <> 'asked'`,
    );
    await enqueue(ctx.tx, REFRESH, { systemId }, { key: `${REFRESH}:${systemId}` });
  }
  return certificates.length;
}
