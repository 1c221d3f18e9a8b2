/** Text from elsewhere, made safe to store and show. */
export const printable = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 500);

/** An address as people write it: IPv4 is no IPv6. */
export const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;

/** A sentence that ends a session or is told in its course says whose it is. */
export const fromReeve = (words: string): string => (words.startsWith('Reeve') ? words : `Reeve: ${words}`);
