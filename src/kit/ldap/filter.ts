/** A value inside a filter (RFC 4515 §3): what would end it is written as bytes. A Buffer is written as bytes throughout. */
export const escapeFilterValue = (value: string | Buffer): string =>
  typeof value === 'string'
    ? // oxlint-disable-next-line no-control-regex
      value.replace(/[*()\\\0]/gu, hex)
    : Array.from(value, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');

const hex = (character: string): string => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A filter with values put in: ``ldapFilter`(&(objectClass=person)(uid=${name}))` `` finds that name and nothing else. */
export const ldapFilter = (texts: TemplateStringsArray, ...values: readonly (string | Buffer)[]): string =>
  texts.reduce((filter, text, at) => {
    const value = values[at - 1];
    return filter + (value === undefined ? '' : escapeFilterValue(value)) + text;
  }, '');

/**
 * The attributes a filter asks about, in lower case and without options; `''` where it asks about any (an extensible
 * match without one). A parenthesis in a value is escaped, so each one here opens a part.
 */
export const filterAttributes = (filter: string): readonly string[] =>
  [...filter.matchAll(/\(\s*([^()=<>~:;&|!\s]*)(?=\s*[=<>~:;])/gu)].map((match) => (match[1] ?? '').toLowerCase());
