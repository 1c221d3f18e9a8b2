/** Signatures that are taken, by their identifier, and their digest; `none` where the signature brings its own. */
const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': 'none',
};

/** Undefined for what is not taken: SHA-1, MD5, and whatever is rare enough to be a surprise. */
export const hashOf = (algorithm: string): string | undefined => HASHES[algorithm];
