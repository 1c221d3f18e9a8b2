/** Shapes of secrets that may stand inside a text: the last net, below the rule that texts hold none. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[redacted key]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@]*@/gi, '$1[redacted]@'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, '$1 [redacted]'],
  [/\brv[a-z]*_[a-z2-7]{20,}/g, '[redacted token]'],
  [
    /\b([\w-]*(?:password|passwd|passphrase|secret|token|api[_-]?key|cookie|authorization)"?\s*[:=]\s*)("[^"]*"|'[^']*'|(?!\[redacted)[^\s"',;}&]+)/gi,
    '$1[redacted]',
  ],
];

const LONGEST = 2_000;

/** The text without anything that looks like a key, a token, a credential of a URL or an assigned password. */
export function scrubText(text: string): string {
  let out = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  for (const [shape, instead] of SHAPES) out = out.replaceAll(shape, instead);
  return out;
}
