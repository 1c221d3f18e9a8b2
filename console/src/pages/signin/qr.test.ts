import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { qrCells, qrPath } from './qr.ts';

const digest = (text: string): string =>
  createHash('sha256')
    .update((qrCells(text) ?? []).map((line) => line.map(Number).join('')).join('\n'))
    .digest('hex')
    .slice(0, 16);

describe('a QR code', () => {
  test('is the one an independent reader was seen to read back', () => {
    expect(digest('hi')).toBe('c479624d5b62be58');
    expect(
      digest('otpauth://totp/Reeve:dana?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Reeve&digits=6&period=30'),
    ).toBe('99fd3100291d5668');
    expect(digest('z'.repeat(230))).toBe('3a1c031d41258c00');
  });
  test('grows with its text and has a quiet zone', () => {
    expect(qrCells('hi')).toHaveLength(21);
    expect(qrPath('hi')?.size).toBe(29);
    expect(qrCells('z'.repeat(230))).toHaveLength(53);
  });
  test('is not made when the text does not fit', () => {
    expect(qrPath('z'.repeat(231))).toBeUndefined();
  });
});
