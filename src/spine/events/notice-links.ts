import { equalBytes, mac, type Keys } from '#kit/crypto/index.ts';

const PURPOSE = 'notice links';
const TOKEN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/;

const proofOf = (keys: Keys, linkId: string, identityId: string): Buffer =>
  mac(keys.derive(PURPOSE), `${linkId} ${identityId}`);

/**
 * What a link in a mail proves itself with. It follows from the link, the person and the root key, so that it is kept
 * nowhere: neither in the database nor in the audit log, and a mail sent again carries the same.
 */
export const noticeLinkToken = (keys: Keys, linkId: string, identityId: string): string =>
  `${linkId}.${proofOf(keys, linkId, identityId).toString('base64url')}`;

/** The link a token speaks of, not yet believed; undefined for what is no token. */
export const linkOfToken = (token: string): string | undefined => TOKEN.exec(token)?.[1];

/** Whether Reeve made a token for this link and person. */
export const isNoticeLinkToken = (keys: Keys, token: string, identityId: string): boolean => {
  const match = TOKEN.exec(token);
  if (match === null) return false;
  const [, linkId = '', proof = ''] = match;
  return equalBytes(Buffer.from(proof, 'base64url'), proofOf(keys, linkId, identityId));
};
