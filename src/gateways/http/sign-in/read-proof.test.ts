import { expect, test } from 'vitest';
import { holdsPassword } from './read-proof.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  'Bearer rvp_secret',
  'Bearer rvp_secret and more',
  'Bearer\trvp_secret',
  'rvp_secret',
  'Bearer rVp_secret',
  basic('lena:rvp_secret'),
  `${basic('lena@shop:rvp_secret')} more`,
])('%j shows a gateway password, and goes to no target', (value) => expect(holdsPassword(value)).toBe(true));

test.each(['Bearer eyJhbGciOi', basic('lena:hers'), 'Digest username="rvp"', ''])(
  '%j is what the target is meant to be told',
  (value) => expect(holdsPassword(value)).toBe(false),
);
