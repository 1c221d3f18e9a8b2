import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { AppError } from '#kit/errors/index.ts';
import type { ShownCertificate } from '#platform/workloads/index.ts';

const MOST_CERTIFICATES = 8;

/** What a program showed in the handshake of this connection, its own certificate first. Throws where it showed none. */
export function shownBy(socket: TLSSocket): ShownCertificate {
  const own = socket.getPeerCertificate(true) as DetailedPeerCertificate | Record<string, never>;
  if (!isCertificate(own))
    throw new AppError({
      code: 'workload.no_certificate',
      status: 401,
      detail: 'no client certificate was shown on this connection',
      fix: 'show one: curl --cert program.crt --key program.key; TLS has to end at Reeve, not at a proxy',
    });
  const chain: DetailedPeerCertificate[] = [own];
  for (let next = own.issuerCertificate; isCertificate(next) && chain.length < MOST_CERTIFICATES;) {
    if (chain.some(({ fingerprint256 }) => fingerprint256 === next.fingerprint256)) break;
    chain.push(next);
    next = next.issuerCertificate;
  }
  return {
    leaf: own.raw,
    between: chain.slice(1).map(({ raw }) => raw),
    refusedByTls: socket.authorized ? undefined : reasonOf(socket.authorizationError),
  };
}

/** Node answers with an empty object where there is none. */
const isCertificate = (
  given: DetailedPeerCertificate | Record<string, never> | undefined,
): given is DetailedPeerCertificate => given !== undefined && Buffer.isBuffer(given['raw']);

/** A code of OpenSSL and nothing else of what it says. */
const reasonOf = (error: unknown): string => {
  const text = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return /^[A-Z0-9_]{1,60}$/u.test(text) ? text : 'refused';
};
