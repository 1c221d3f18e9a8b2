import { valuesOf, type RawHeaders } from './check-framing.ts';

/**
 * Why a request comes from a page of another site; undefined where it does not. Sites of the gateway share a domain, so
 * that a cookie's SameSite tells nothing between them; and since the credential is put in here, nothing of the
 * application's own would stop another page from using it. Following a link is possible.
 */
export function refuseForeign(
  raw: RawHeaders,
  asked: { readonly method: string; readonly origin: string; readonly webSocket: boolean },
): string | undefined {
  const [from] = valuesOf(raw, 'origin');
  const [site] = valuesOf(raw, 'sec-fetch-site');
  const reading = asked.method === 'GET' || asked.method === 'HEAD';
  const another = 'a page of another site asked for this';
  if (asked.webSocket) return from === undefined || from === asked.origin ? undefined : another;
  if (site === 'same-origin' || site === 'none') return undefined;
  if (site !== undefined) {
    const [mode] = valuesOf(raw, 'sec-fetch-mode');
    const [dest] = valuesOf(raw, 'sec-fetch-dest');
    return reading && mode === 'navigate' && dest === 'document' ? undefined : another;
  }
  return from === undefined || from === asked.origin || (reading && from === 'null') ? undefined : another;
}
