import { readTlsPem, type TlsKey } from '#kit/crypto/index.ts';
import { AppError, invalid } from '#kit/errors/index.ts';
import type { ReadValue } from './value.ts';

/** Reads a TLS key with its certificate: whose it is, for which names and until when is known without opening it. */
export function readTlsKey(text: string): ReadValue {
  const { notBefore, notAfter, ...said } = parsed(text);
  return {
    value: Buffer.from(text),
    facts: { ...said, notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() },
    expiresAt: notAfter,
  };
}

function parsed(text: string): TlsKey {
  try {
    return readTlsPem(text);
  } catch (error) {
    if (error instanceof AppError) throw invalid('/value', error.message, error.fix);
    throw error;
  }
}
