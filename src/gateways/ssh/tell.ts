/** Text from elsewhere, made safe to show on a terminal: no control characters but line feeds, no endless lines. */
export function plain(text: string): string {
  let safe = '';
  for (const c of text.slice(0, 4000)) {
    const code = c.codePointAt(0) ?? 0;
    const control = (code < 0x20 && c !== '\n') || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000);
    safe += control ? '?' : c;
  }
  return safe;
}

/** What the gateway itself says to a person, as bytes for stderr. A raw terminal needs carriage returns. */
export function say(text: string, rawTerminal: boolean): Buffer {
  const lines = `${plain(text)}\n`;
  return Buffer.from(rawTerminal ? lines.replaceAll('\n', '\r\n') : lines);
}
