import type { GeneralName, GeneralSubtrees, NameConstraints } from '@peculiar/asn1-x509';
import type { Certificate } from './read-certificate.ts';
import { subjectParts } from './write-subject.ts';

type Kind = 'dNSName' | 'uniformResourceIdentifier' | 'directoryName' | 'other';

/** One name of a certificate, of a kind that constraints speak of. */
interface Named {
  readonly kind: Kind;
  /** What constraints are held against. Undefined where that cannot be told. */
  readonly value: readonly string[] | undefined;
}

/** Whether every name of a certificate is within the constraints of an authority above it (RFC 5280 §4.2.1.10). */
export function namesAreWithin(certificate: Certificate, constraints: NameConstraints): boolean {
  const permitted = subtrees(constraints.permittedSubtrees);
  const excluded = subtrees(constraints.excludedSubtrees);
  return namesOf(certificate).every(({ kind, value }) => {
    const [inside, outside] = [permitted, excluded].map((list) => list.filter((each) => each.kind === kind));
    if ((inside?.length ?? 0) + (outside?.length ?? 0) === 0) return true;
    // A kind that is constrained and cannot be judged lets nothing of that kind through.
    if (kind === 'other' || value === undefined) return false;
    if (outside?.some(({ base }) => base === undefined || isBelow(kind, value, base)) === true) return false;
    return (
      inside === undefined ||
      inside.length === 0 ||
      inside.some(({ base }) => base !== undefined && isBelow(kind, value, base))
    );
  });
}

interface Subtree {
  readonly kind: Kind;
  readonly base: readonly string[] | undefined;
}

const subtrees = (list: GeneralSubtrees | undefined): readonly Subtree[] =>
  [...(list ?? [])].map(({ base, minimum, maximum }) => {
    const kind = kindOf(base);
    const plain = Number(minimum) === 0 && maximum === undefined;
    return { kind, base: plain ? baseOf(base, kind) : undefined };
  });

function kindOf(name: GeneralName): Kind {
  if (name.dNSName !== undefined) return 'dNSName';
  if (name.uniformResourceIdentifier !== undefined) return 'uniformResourceIdentifier';
  return name.directoryName === undefined ? 'other' : 'directoryName';
}

function baseOf(name: GeneralName, kind: Kind): readonly string[] | undefined {
  if (kind === 'dNSName') return [String(name.dNSName).toLowerCase()];
  if (kind === 'uniformResourceIdentifier') return [String(name.uniformResourceIdentifier).toLowerCase()];
  return name.directoryName === undefined ? undefined : folded(subjectParts(name.directoryName));
}

function namesOf(certificate: Certificate): readonly Named[] {
  const subject = subjectParts(certificate.subjectName);
  return [
    ...(subject.length === 0 ? [] : [{ kind: 'directoryName' as const, value: folded(subject) }]),
    ...(subject.some((part) => part.includes('emailAddress=')) ? [{ kind: 'other' as const, value: undefined }] : []),
    ...certificate.dnsNames.map((name) => ({ kind: 'dNSName' as const, value: [name] })),
    ...certificate.uris.map((uri) => ({ kind: 'uniformResourceIdentifier' as const, value: hostOf(uri) })),
    ...certificate.otherNames.map((name) => ({ kind: kindOf(name), value: baseOf(name, kindOf(name)) })),
  ];
}

function isBelow(kind: Kind, value: readonly string[], base: readonly string[]): boolean {
  if (kind === 'directoryName') return base.every((part, n) => value[n] === part);
  const [name = '', root = ''] = [value[0], base[0]];
  if (root.startsWith('.')) return name.endsWith(root);
  if (kind === 'uniformResourceIdentifier') return name === root;
  return root === '' || name === root || name.endsWith(`.${root}`);
}

/** The host of a URI, without which a constraint on URIs cannot be judged. */
function hostOf(uri: string): readonly string[] | undefined {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([a-z0-9._-]+)(?::\d+)?(?:[/?#]|$)/iu.exec(uri)?.[1];
  return host === undefined ? undefined : [host.toLowerCase()];
}

const folded = (parts: readonly string[]): readonly string[] =>
  parts.map((part) => part.toLowerCase().replaceAll(/\s+/gu, ' ').trim());
