import { anyExtendedKeyUsage, id_kp_clientAuth } from '@peculiar/asn1-x509';
import { namesAreWithin } from './judge-names.ts';
import type { Certificate } from './read-certificate.ts';
import { isListOf, type RevocationList } from './revocation-list.ts';
import { hashOf } from './signature-algorithms.ts';

/** What a certificate is held against. */
export interface Trusted {
  readonly anchor: Certificate;
  /** None: nothing is known to be revoked. */
  readonly lists: readonly RevocationList[];
}

const LONGEST_CHAIN = 6;
const SMALLEST_RSA = 2048;

/**
 * Why a client's certificate proves nothing by that anchor at that instant, as what follows "the certificate";
 * undefined where it does. `between` are certificates that came along with it, in any order, and are not trusted.
 */
export function problemOfClient(
  leaf: Certificate,
  between: readonly Certificate[],
  trusted: Trusted,
  at: Date,
): string | undefined {
  const own = problemOfLeaf(leaf);
  if (own !== undefined) return own;
  let problem: string | undefined = 'is of an authority that is not trusted';
  for (const chain of chains(leaf, between.slice(0, LONGEST_CHAIN), [trusted.anchor])) {
    problem = problemOfChain(chain, trusted, at);
    if (problem === undefined) return undefined;
  }
  return problem;
}

function problemOfLeaf(leaf: Certificate): string | undefined {
  if (leaf.authority !== undefined) return 'is an authority itself';
  if (!leaf.purposes.includes(id_kp_clientAuth)) return 'is not for clients (extended key usage clientAuth)';
  if (leaf.keyUsage !== undefined && !leaf.keyUsage.includes('digitalSignature'))
    return 'has a key that may not sign (key usage digitalSignature)';
  return undefined;
}

/**
 * Every way from a certificate up to the anchor, each link signed by the next. Looked for from the anchor down: whoever
 * sends certificates of their own making, all of one name and key, has each tried once and not every order of them.
 */
function* chains(
  leaf: Certificate,
  between: readonly Certificate[],
  above: readonly Certificate[],
): Generator<readonly Certificate[]> {
  const issuer = above[0];
  if (issuer === undefined) return;
  if (isSignedBy(leaf, issuer)) yield [leaf, ...above];
  if (above.length >= LONGEST_CHAIN - 1) return;
  for (const next of between) {
    if (above.some(({ x509 }) => x509.fingerprint256 === next.x509.fingerprint256)) continue;
    if (isSignedBy(next, issuer)) yield* chains(leaf, between, [next, ...above]);
  }
}

function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return certificate.x509.checkIssued(issuer.x509) && certificate.x509.verify(issuer.x509.publicKey);
  } catch {
    return false;
  }
}

function problemOfChain(chain: readonly Certificate[], { lists }: Trusted, at: Date): string | undefined {
  for (const [n, certificate] of chain.entries()) {
    const which = n === 0 ? '' : `has an authority above it, ${certificate.subject}, that `;
    const problem =
      problemOfOne(certificate, at) ??
      (n === 0 ? undefined : problemOfAuthority(certificate, chain.slice(0, n))) ??
      (n === chain.length - 1 ? undefined : problemOfRevocation(certificate, chain[n + 1], lists, at));
    if (problem !== undefined) return `${which}${problem}`;
  }
  return undefined;
}

function problemOfOne(certificate: Certificate, at: Date): string | undefined {
  if (at < certificate.notBefore) return 'is not valid yet';
  if (at > certificate.notAfter) return 'is over';
  if (certificate.notUnderstood.length > 0)
    return `has a critical extension nobody here understands (${certificate.notUnderstood.join(', ')})`;
  if (hashOf(certificate.signatureAlgorithm) === undefined) return 'is signed in a way that is not taken';
  const { publicKey } = certificate.x509;
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < SMALLEST_RSA) return `has an RSA key of ${bits} bits; ${SMALLEST_RSA} are wanted`;
  return undefined;
}

/** Why an authority may not have given what is below it, nearest last. */
function problemOfAuthority(authority: Certificate, below: readonly Certificate[]): string | undefined {
  if (authority.authority === undefined) return 'is no authority';
  if (authority.keyUsage !== undefined && !authority.keyUsage.includes('keyCertSign'))
    return 'may not sign certificates (key usage keyCertSign)';
  const { pathLength } = authority.authority;
  if (pathLength !== undefined && below.length - 1 > pathLength) return 'may not have so many authorities below it';
  const { purposes } = authority;
  if (purposes.length > 0 && !purposes.includes(id_kp_clientAuth) && !purposes.includes(anyExtendedKeyUsage))
    return 'is not for certificates of clients';
  const { constraints } = authority;
  if (constraints !== undefined && !below.every((certificate) => namesAreWithin(certificate, constraints)))
    return 'may not give such names (name constraints)';
  return undefined;
}

function problemOfRevocation(
  certificate: Certificate,
  issuer: Certificate | undefined,
  lists: readonly RevocationList[],
  at: Date,
): string | undefined {
  if (lists.length === 0 || issuer === undefined) return undefined;
  const theirs = lists.filter((list) => isListOf(list, issuer));
  if (theirs.some(({ serials }) => serials.has(certificate.serial))) return 'is revoked';
  if (!theirs.some(({ thisUpdate, nextUpdate }) => thisUpdate <= at && at <= nextUpdate))
    return `cannot be known not to be revoked: no current list of ${issuer.subject} is there`;
  return undefined;
}

/** Why a certificate is no anchor; undefined where it is one. */
export function problemOfAnchor(certificate: Certificate, at: Date): string | undefined {
  if (!isSignedBy(certificate, certificate)) return 'is not self-signed: give the root of the authority';
  return problemOfOne(certificate, at) ?? problemOfAuthority(certificate, [certificate]);
}
