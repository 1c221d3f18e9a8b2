import type { Keys } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import { mintCertificate, type SshPublicKey } from '#kit/ssh-certificates/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { certificateIssued } from './events.ts';
import { withSeed } from './keep-authorities.ts';
import type { Authority, Certificate } from './model.ts';
import { insertCertificate, nextSerial } from './store.ts';

/**
 * Signs a certificate and puts it on the record, all in the caller's transaction. Its key id names whose it is, what it
 * rests on and the event that tells of it, so that a line of a target's log leads to all of them.
 */
export async function signCertificate(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly kind: Certificate['kind'];
    readonly authority: Authority;
    readonly key: SshPublicKey;
    readonly systemId: string | null;
    readonly identityId: string | null;
    readonly accountIds: readonly string[];
    readonly grantIds: readonly string[];
    readonly principals: readonly string[];
    readonly validFrom: Date;
    readonly validTo: Date;
    readonly critical?: Readonly<Record<string, string>>;
    readonly extensions: readonly string[];
    readonly personAddress?: string;
  },
): Promise<{ readonly certificate: Certificate; readonly line: string }> {
  const { kind, authority, key, systemId, identityId, grantIds, principals } = input;
  const id = newId(ctx.now.getTime());
  const serial = await nextSerial(ctx.tx);
  // Seconds are all a certificate knows; what it says and what the record says must be the same.
  const [validFrom, validTo] = [wholeSeconds(input.validFrom), wholeSeconds(input.validTo)];
  const eventId = await ctx.record(permit, {
    event: certificateIssued,
    subject: identityId ?? undefined,
    data: {
      certificateId: id,
      serial: String(serial),
      systemId,
      kind,
      principals: [...principals],
      grantIds: [...grantIds],
      keyFingerprint: key.fingerprint,
      validTo: validTo.toISOString(),
    },
  });
  const keyId = [
    `reeve:${kind}`,
    ...(identityId === null ? [] : [`identity=${identityId}`]),
    ...grantIds.slice(0, 8).map((grant) => `grant=${grant}`),
    `event=${eventId}`,
  ].join(' ');
  const line = await withSeed(keys, ctx, permit, authority, (seed) =>
    mintCertificate(seed, {
      kind: kind === 'host' ? 'host' : 'user',
      key,
      serial,
      keyId,
      principals,
      validFrom,
      validTo,
      ...(input.critical === undefined ? {} : { critical: input.critical }),
      extensions: input.extensions,
    }),
  );
  const certificate: Certificate = {
    id,
    serial: String(serial),
    kind,
    authorityId: authority.id,
    systemId,
    identityId,
    grantIds,
    principals,
    keyId,
    keyFingerprint: key.fingerprint,
    validFrom,
    validTo,
    issuedAt: ctx.now,
    revokedAt: null,
    revokedBecause: null,
  };
  await insertCertificate(ctx.tx, {
    ...certificate,
    accountIds: input.accountIds,
    personAddress: input.personAddress ?? null,
  });
  return { certificate, line };
}

const wholeSeconds = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000);
