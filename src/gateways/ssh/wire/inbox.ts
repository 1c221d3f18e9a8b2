const TAG = 16;

/** What is used of ssh2's AES-GCM decipher with the native binding: it decrypts in place and hands the payload on. */
interface GcmDecipher {
  inSeqno: number;
  readonly _instance: { decrypt(packet: Uint8Array, length: number, tag: Uint8Array): void };
  readonly _onPayload: (payload: Buffer) => number | false | undefined;
  decrypt(data: Buffer, from: number, end: number): number | undefined;
}

/**
 * Makes a decipher take packets apart where they lie, and packets up to `largest()` instead of ssh2's 35,000 bytes:
 * OpenSSH sends a long command line in one message. Only a packet that is cut by the network is copied, and of what was
 * read nothing is kept when `decrypt` returns. Answers false for any other cipher than the native AES-GCM one.
 */
export function openInPlace(decipher: object, largest: () => number): boolean {
  if (decipher.constructor.name !== 'AESGCMDecipherBinding') return false;
  const it = decipher as GcmDecipher;
  const head = Buffer.alloc(4);
  let headed = 0;
  let length = 0;
  let partial: Buffer | undefined;
  let have = 0;

  it.decrypt = (data, from, end) => {
    let at = from;
    while (at < end) {
      while (headed < 4 && at < end) {
        head[headed] = data[at] ?? 0;
        headed += 1;
        at += 1;
      }
      if (headed < 4) return undefined;
      if (length === 0) {
        length = head.readUInt32BE();
        if (length < 16 || (length & 15) !== 0 || length > largest()) {
          throw new Error(`a packet cannot be ${length} bytes long`);
        }
      }
      const whole = length + TAG;
      let packet: Buffer;
      if (partial === undefined && end - at >= whole) {
        packet = data.subarray(at, at + whole);
        at += whole;
      } else {
        partial ??= Buffer.allocUnsafe(whole);
        const piece = Math.min(whole - have, end - at);
        data.copy(partial, have, at, at + piece);
        have += piece;
        at += piece;
        if (have < whole) return undefined;
        packet = partial;
      }
      it._instance.decrypt(packet.subarray(0, length), length, packet.subarray(length));
      const padding = packet[0] ?? 0;
      if (padding + 1 > length) throw new Error('a packet holds more padding than itself');
      const payload = packet.subarray(1, length - padding);
      it.inSeqno = (it.inSeqno + 1) >>> 0;
      headed = 0;
      length = 0;
      have = 0;
      partial = undefined;
      const next = it._onPayload(payload);
      if (next !== undefined) return next === false ? at : next;
    }
    return undefined;
  };
  return true;
}
