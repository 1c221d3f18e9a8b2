/** A string of RFC 4251 §5: its length in four bytes, then its bytes. */
export const text = (value: string | Buffer): Buffer => {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([word(bytes.length), bytes]);
};

/** A uint32 of RFC 4251 §5. */
export const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

/** OpenSSH's channel request "nobody reads any more" (PROTOCOL §2.1). */
export const EOW = 'eow@openssh.com';
const CHANNEL_REQUEST = 98;

/** The channel a `eow@openssh.com` request is for, or undefined when the message is anything else. */
export function readEow(payload: Buffer): number | undefined {
  if (payload[0] !== CHANNEL_REQUEST || payload.length < 25 || payload.readUInt32BE(5) !== EOW.length) return undefined;
  return payload.toString('latin1', 9, 9 + EOW.length) === EOW ? payload.readUInt32BE(1) : undefined;
}
