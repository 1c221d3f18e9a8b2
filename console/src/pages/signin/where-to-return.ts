const HERE = 'http://console.invalid';

/**
 * Where sign-in goes afterwards: a path of this console, never another site. Judged as a browser reads it, which drops
 * tabs and line breaks and takes a backslash for a slash; what is not clearly a path here is forgotten.
 */
export function whereToReturn(asked: unknown): string | undefined {
  if (typeof asked !== 'string' || !asked.startsWith('/') || /[\p{Cc}\\]/u.test(asked)) return undefined;
  try {
    const url = new URL(asked, HERE);
    const path = `${url.pathname}${url.search}${url.hash}`;
    return url.origin === HERE && !path.startsWith('//') ? path : undefined;
  } catch {
    return undefined;
  }
}
