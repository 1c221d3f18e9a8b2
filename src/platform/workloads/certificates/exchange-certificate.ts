import type { Db } from '#kit/db/index.ts';
import { AppError, denied } from '#kit/errors/index.ts';
import {
  isSpiffeId,
  problemOfClient,
  readCertificate,
  readRevocationLists,
  type Certificate,
  type RevocationList,
} from '#kit/x509/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Asker, Ctx, Operator } from '#spine/operations/index.ts';
import { giveToken, type GivenToken } from '../give-token.ts';
import { certificateLetIn } from './events.ts';
import { authorities, certificateRules, type Authority, type CertificateRule } from './store.ts';

/** What a program showed in the TLS handshake, with which it proved to have the key of the first certificate. */
export interface ShownCertificate {
  readonly leaf: Buffer;
  /** Certificates that came along, as DER. */
  readonly between: readonly Buffer[];
  /** What TLS itself says against it; absent: nothing. */
  readonly refusedByTls: string | undefined;
}

/** The way in for certificates. Only what ended TLS itself may call it: nothing here proves who has the key. */
export interface CertificateDoor {
  exchange(asker: Asker, shown: ShownCertificate): Promise<GivenToken>;
  /** The roots whose certificates are taken now, as PEM. */
  roots(): Promise<readonly string[]>;
}

export const openCertificateDoor = (parts: { readonly db: Db; readonly operator: Operator }): CertificateDoor => ({
  exchange: (asker, shown) =>
    parts.operator.act(asker, { action: 'workload.exchange' }, (ctx, permit) =>
      exchangeCertificate(ctx, permit, shown),
    ),
  roots: async () => (await authorities(parts.db)).map(({ certificate }) => certificate),
});

const untrue = (because: string): AppError =>
  new AppError({
    code: 'workload.not_proved',
    status: 401,
    detail: `the certificate ${because}`,
    fix: 'get one for clients (clientAuth) from an authority Reeve trusts: reeve workloads authorities',
  });

/** Gives a program a token for its certificate: within the scopes and the time of the one rule that names it. */
async function exchangeCertificate(ctx: Ctx, permit: Permit, shown: ShownCertificate): Promise<GivenToken> {
  const { leaf, between } = readShown(shown);
  const trusted = await authorities(ctx.tx);
  const judged = trusted.map((authority) => ({ authority, problem: problemBy(authority, leaf, between, ctx.now) }));
  const proved = judged.filter(({ problem }) => problem === undefined).map(({ authority }) => authority);
  if (proved.length === 0) {
    const told = judged.map(({ problem }) => problem ?? '').find((problem) => !problem.includes('not trusted'));
    throw untrue(told ?? 'is of an authority that is not trusted');
  }
  if (shown.refusedByTls !== undefined) throw untrue(`is refused by TLS (${shown.refusedByTls})`);
  const rules = await certificateRules(
    ctx.tx,
    proved.map(({ id }) => id),
  );
  const fitting = rules.filter((rule) => holds(rule, leaf));
  const [rule] = fitting;
  if (rule === undefined)
    throw denied(
      'workload.not_bound',
      'nobody is bound to a name of this certificate',
      'let an administrator bind it: reeve workloads bind-certificate',
    );
  if (fitting.length > 1)
    throw denied(
      'workload.bound_twice',
      'several rules fit this certificate, and who it is stays open',
      'let an administrator remove all but one',
    );
  const name = proved.find(({ id }) => id === rule.authorityId)?.name ?? '';
  const given = await giveToken(ctx, permit, { ...rule, name: `workload with a certificate of ${name}` });
  await ctx.record(permit, {
    event: certificateLetIn,
    subject: given.identityId,
    data: {
      ruleId: rule.id,
      authorityId: rule.authorityId,
      identityId: given.identityId,
      serial: leaf.serial,
      certificate: leaf.x509.fingerprint256,
      tokenId: given.tokenId,
      endsAt: given.endsAt.toISOString(),
    },
  });
  return given;
}

function readShown(shown: ShownCertificate): { readonly leaf: Certificate; readonly between: readonly Certificate[] } {
  try {
    return { leaf: readCertificate(shown.leaf), between: shown.between.map((each) => readCertificate(each)) };
  } catch (error) {
    if (error instanceof RangeError) throw untrue(error.message);
    throw error;
  }
}

function problemBy(
  authority: Authority,
  leaf: Certificate,
  between: readonly Certificate[],
  at: Date,
): string | undefined {
  let read: readonly RevocationList[] | undefined;
  const trusted = {
    anchor: readCertificate(authority.certificate),
    // Long, and read only for a certificate that leads to this authority: whoever shows any other costs nothing.
    get lists() {
      read ??= authority.revocationLists === null ? [] : readRevocationLists(authority.revocationLists);
      return read;
    },
  };
  return problemOfClient(leaf, between, trusted, at);
}

/** A SPIFFE id counts only where it is the one URI of a certificate, as its standard demands. */
function holds({ kind, value }: CertificateRule, leaf: Certificate): boolean {
  if (kind === 'dns') return leaf.dnsNames.includes(value);
  if (kind === 'subject') return leaf.subject === value;
  if (!leaf.uris.includes(value)) return false;
  return !value.startsWith('spiffe:') || (isSpiffeId(value) && leaf.uris.length === 1);
}
