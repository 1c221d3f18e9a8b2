import { invalid } from '#kit/errors/index.ts';
import { parseUrl } from '#kit/urls/index.ts';
import type { SecretKind } from '../model.ts';
import { readTlsKey } from './read-tls-key.ts';
import { readTotpSeed } from './read-totp-seed.ts';
import type { ReadValue } from './value.ts';

/** Bytes a file may have, and characters any other value. */
export const LARGEST_FILE = 512 * 1024;
const LARGEST_TEXT = 65_536;
/** Characters of base64 the largest file has. */
export const LARGEST_GIVEN = Math.ceil(LARGEST_FILE / 3) * 4;

/**
 * Reads a value for what its kind promises: that a certificate is its key's, that a seed gives codes, that a file is
 * no longer than files may be. Nothing of a secret is in the facts or in what it throws.
 */
export function readValue(
  kind: SecretKind,
  given: { readonly value: string; readonly fileName?: string | undefined },
): ReadValue {
  if (kind === 'file') return readFileValue(given.value, given.fileName);
  if (given.value.length > LARGEST_TEXT)
    throw invalid(
      '/value',
      `has ${given.value.length} characters`,
      `keep at most ${LARGEST_TEXT}, or store it as a file`,
    );
  if (kind === 'tls_key') return readTlsKey(given.value);
  if (kind === 'totp_seed') return readTotpSeed(given.value);
  const facts = kind === 'database_credential' ? databaseFacts(given.value) : {};
  return { value: Buffer.from(given.value), facts, expiresAt: null };
}

function readFileValue(value: string, fileName: string | undefined): ReadValue {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value))
    throw invalid('/value', 'is no base64', 'encode the file with base64, in one line');
  const bytes = Buffer.byteLength(value, 'base64');
  if (bytes > LARGEST_FILE)
    throw invalid('/value', `has ${bytes} bytes`, `keep files of at most ${LARGEST_FILE} bytes`);
  return {
    value: Buffer.from(value),
    facts: { ...(fileName === undefined ? {} : { fileName }), bytes },
    expiresAt: null,
  };
}

/** Where a connection URL leads; of a bare password nothing is known. */
function databaseFacts(value: string): Readonly<Record<string, unknown>> {
  const url = /^[a-z][a-z0-9+.-]*:\/\//.test(value) ? parseUrl(value) : undefined;
  if (url === undefined) return {};
  const known: Record<string, unknown> = {
    engine: url.protocol.slice(0, -1),
    host: url.hostname,
    port: url.port === '' ? undefined : Number(url.port),
    database: url.pathname.slice(1),
    username: decodeURIComponent(url.username),
  };
  return Object.fromEntries(Object.entries(known).filter(([, fact]) => fact !== undefined && fact !== ''));
}
