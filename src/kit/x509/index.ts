export { NO_TICKETS } from './no-tickets.ts';
export { readCertificate, type Certificate } from './read-certificate.ts';
export { isListOf, readRevocationLists, type RevocationList } from './revocation-list.ts';
export { isSpiffeId } from './spiffe-id.ts';
export { problemOfAnchor, problemOfClient, type Trusted } from './verify-chain.ts';
