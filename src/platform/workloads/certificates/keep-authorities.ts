import { isConstraint, sql } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { parseUrl } from '#kit/urls/index.ts';
import {
  isListOf,
  isSpiffeId,
  problemOfAnchor,
  readCertificate,
  readRevocationLists,
  type Certificate,
  type RevocationList,
} from '#kit/x509/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { requireProgram } from '../give-token.ts';
import { authorityAdded, authorityRemoved, certificateBound, certificateUnbound, listsUploaded } from './events.ts';
import { certificateRules, findAuthority, type Authority, type CertificateRule } from './store.ts';

/** Takes certificates of an authority from now on; nobody is let in by that alone. */
export async function addAuthority(
  ctx: Ctx,
  permit: Permit,
  input: { readonly name: string; readonly certificate: string },
): Promise<Authority> {
  const read = readAnchor(input.certificate);
  const problem = problemOfAnchor(read, ctx.now);
  if (problem !== undefined)
    throw invalid('/certificate', problem, 'give the root certificate of the authority, as PEM');
  const id = newId(ctx.now.getTime());
  const fingerprint = read.x509.fingerprint256;
  const certificate = read.x509.toString();
  try {
    await ctx.tx.run(sql`
      insert into workload_authority (id, name, certificate, fingerprint, made_by, made_at)
      values (${id}, ${input.name}, ${certificate}, ${fingerprint}, ${ctx.principal.id}, ${ctx.now})`);
  } catch (error) {
    if (
      isConstraint(error, 'workload_authority_is_one') ||
      isConstraint(error, 'workload_authority_name_is_one_authoritys')
    )
      throw conflict('workload.authority_there', 'this authority or its name is there already', 'remove it first');
    throw error;
  }
  await ctx.record(permit, { event: authorityAdded, data: { authorityId: id, name: input.name, fingerprint } });
  const none = { revocationLists: null, listsChangedAt: null };
  return { id, name: input.name, certificate, fingerprint, ...none, madeAt: ctx.now };
}

function readAnchor(pem: string): Certificate {
  try {
    return readCertificate(pem);
  } catch (error) {
    if (error instanceof RangeError) throw invalid('/certificate', error.message, 'give one certificate as PEM');
    throw error;
  }
}

/** Takes no certificates of an authority any more; its rules end with it. What was given lives its hour. */
export async function removeAuthority(ctx: Ctx, permit: Permit, id: string): Promise<Authority> {
  const authority = await requireAuthority(ctx, id);
  await ctx.tx.run(sql`update workload_authority set removed_at = ${ctx.now} where id = ${id}`);
  await ctx.tx.run(
    sql`update workload_certificate_rule set removed_at = ${ctx.now} where authority_id = ${id} and removed_at is null`,
  );
  const { name, fingerprint } = authority;
  await ctx.record(permit, { event: authorityRemoved, data: { authorityId: id, name, fingerprint } });
  return authority;
}

/**
 * Keeps the revocation lists of an authority and of those below it; from then on every certificate must be on a
 * current one of its issuer's as not revoked. A list older than the one that is there is refused.
 */
export async function uploadLists(
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly lists: string },
): Promise<Authority> {
  const authority = await requireAuthority(ctx, input.id);
  const anchor = readCertificate(authority.certificate);
  const own = (pem: string): RevocationList | undefined =>
    [...readLists(pem)].filter((list) => isListOf(list, anchor)).sort(newestFirst)[0];
  const given = own(input.lists);
  if (given === undefined)
    throw invalid(
      '/lists',
      `hold none that ${authority.name} signed`,
      'give its list, and those of authorities below it',
    );
  if (given.nextUpdate < ctx.now) throw invalid('/lists', 'are over', 'give the current ones');
  const before = authority.revocationLists === null ? undefined : own(authority.revocationLists);
  if (before !== undefined && given.thisUpdate < before.thisUpdate)
    throw conflict('workload.lists_older', 'a newer revocation list is there already', 'give the newest');
  await ctx.tx.run(sql`
    update workload_authority set revocation_lists = ${input.lists}, lists_changed_at = ${ctx.now} where id = ${input.id}`);
  await ctx.record(permit, {
    event: listsUploaded,
    data: {
      authorityId: authority.id,
      name: authority.name,
      fingerprint: authority.fingerprint,
      revoked: readLists(input.lists).reduce((sum, { serials }) => sum + serials.size, 0),
      nextUpdate: given.nextUpdate.toISOString(),
    },
  });
  return { ...authority, revocationLists: input.lists, listsChangedAt: ctx.now };
}

const newestFirst = (a: RevocationList, b: RevocationList): number => b.thisUpdate.getTime() - a.thisUpdate.getTime();

function readLists(pem: string): readonly RevocationList[] {
  try {
    return readRevocationLists(pem);
  } catch (error) {
    if (error instanceof RangeError)
      throw invalid('/lists', error.message, 'give X509 CRLs as PEM: openssl crl -inform DER');
    throw error;
  }
}

async function requireAuthority(ctx: Ctx, id: string): Promise<Authority> {
  const authority = await findAuthority(ctx.tx, id);
  if (authority === undefined) throw notFound('workload_authority', id);
  return authority;
}

/** Says whose certificates with this name are. Throws `workload.no_program` for a person. */
export async function bindCertificate(
  ctx: Ctx,
  permit: Permit,
  input: Omit<CertificateRule, 'id' | 'madeAt'>,
): Promise<CertificateRule> {
  if ((await findAuthority(ctx.tx, input.authorityId)) === undefined)
    throw invalid('/authorityId', 'is no authority', 'see reeve workloads authorities');
  const value = input.kind === 'dns' ? input.value.toLowerCase() : input.value;
  const problem = problemOfValue(input.kind, value);
  if (problem !== undefined) throw invalid('/value', problem, 'give the name as it is in the certificate');
  await requireProgram(ctx, input.identityId);
  const id = newId(ctx.now.getTime());
  try {
    await ctx.tx.run(sql`
      insert into workload_certificate_rule (id, authority_id, identity_id, kind, value, scopes, seconds, made_by, made_at)
      values (${id}, ${input.authorityId}, ${input.identityId}, ${input.kind}, ${value}, ${input.scopes},
              ${input.seconds}, ${ctx.principal.id}, ${ctx.now})`);
  } catch (error) {
    if (isConstraint(error, 'workload_certificate_rule_is_one'))
      throw conflict('workload.bound_already', 'this name is bound already', 'remove that rule first');
    throw error;
  }
  await ctx.record(permit, { event: certificateBound, data: { ruleId: id, ...input, value } });
  return { id, ...input, value, madeAt: ctx.now };
}

function problemOfValue(kind: CertificateRule['kind'], value: string): string | undefined {
  if (kind === 'dns')
    return /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/u.test(value) ? undefined : 'is no DNS name; patterns are none';
  if (kind === 'subject') return /^[\w.]+=/u.test(value) ? undefined : 'is no subject, such as O=Example, CN=deploy';
  if (value.startsWith('spiffe:')) return isSpiffeId(value) ? undefined : 'is no SPIFFE id';
  return parseUrl(value) === undefined ? 'is no URI' : undefined;
}

/** Whose certificate carries this name is nobody from now on. */
export async function unbindCertificate(ctx: Ctx, permit: Permit, id: string): Promise<CertificateRule> {
  const rule = (await certificateRules(ctx.tx)).find((each) => each.id === id);
  if (rule === undefined) throw notFound('workload_certificate_rule', id);
  await ctx.tx.run(sql`update workload_certificate_rule set removed_at = ${ctx.now} where id = ${id}`);
  const { authorityId, identityId } = rule;
  await ctx.record(permit, { event: certificateUnbound, data: { ruleId: id, authorityId, identityId } });
  return rule;
}
