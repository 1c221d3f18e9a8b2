/**
 * An address, or undefined where it is none. In place of `URL.canParse`: once Node 20 has compiled it, that reads text
 * with characters of Latin-1 as if it were UTF-8, and says yes where `new URL` throws and no where it does not.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
