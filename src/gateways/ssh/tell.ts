/** Marks that turn the direction of what follows: text with them reads otherwise than it is. */
const turnsText = (code: number): boolean =>
  code === 0x61c ||
  code === 0x200e ||
  code === 0x200f ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069);

/**
 * Text from elsewhere, made safe to show and to store: no control characters but line feeds, no marks that turn its
 * direction, no endless lines.
 */
export function plain(text: string): string {
  let safe = '';
  for (const c of text.slice(0, 4000)) {
    const code = c.codePointAt(0) ?? 0;
    const control = (code < 0x20 && c !== '\n') || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000);
    safe += control || turnsText(code) ? '?' : c;
  }
  return safe;
}

/** What the gateway itself says to a person, as bytes for stderr. A raw terminal needs carriage returns. */
export function say(text: string, rawTerminal: boolean): Buffer {
  const lines = `${plain(text)}\n`;
  return Buffer.from(rawTerminal ? lines.replaceAll('\n', '\r\n') : lines);
}
