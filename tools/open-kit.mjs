#!/usr/bin/env node
// Opens a break-glass kit of Reeve with nothing but this file, Node, the envelope and enough of the shares.
//   node open-kit.mjs envelope.json shares.txt            prints the secrets as JSON
//   node open-kit.mjs envelope.json shares.txt --drill 3  prints the code that proves drill 3, and no secret
import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [envelopeFile, sharesFile, flag, drill] = process.argv.slice(2);
const fail = (sentence) => {
  console.error(sentence);
  process.exit(1);
};
if (envelopeFile === undefined || sharesFile === undefined)
  fail('usage: node open-kit.mjs ENVELOPE SHARES [--drill NUMBER]');

const envelope = JSON.parse(readFileSync(envelopeFile, 'utf8'));
if (envelope.format !== 'reeve-break-glass-1') fail('this is no envelope that this file opens');

/** A line is `RK1 KIT NUMBER HEX CHECK`; blanks and hyphens within HEX are let be. */
const shares = readFileSync(sharesFile, 'utf8')
  .split(/\r?\n/)
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [mark, kit, number, ...rest] = line.trim().split(/\s+/);
    const check = rest.pop();
    const hex = rest.join('').replaceAll('-', '').toLowerCase();
    if (mark !== 'RK1' || !/^([0-9a-f]{2})+$/.test(hex)) fail(`this is no share: ${line.slice(0, 20)}…`);
    if (kit !== envelope.kit) fail(`share ${number} is of another kit`);
    if (createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex').slice(0, 8) !== check)
      fail(`share ${number} was mistyped: its check does not fit`);
    return Buffer.from(hex, 'hex');
  });
if (shares.length < envelope.threshold) fail(`it takes ${envelope.threshold} shares; these are ${shares.length}`);

/** Multiplication in GF(2^8) with the polynomial of AES. */
const times = (a, b) => {
  let product = 0;
  for (let x = a, y = b; y > 0; y >>= 1) {
    if (y & 1) product ^= x;
    x = (x << 1) ^ (x & 0x80 ? 0x11b : 0);
  }
  return product;
};
const inverse = (a) => {
  let power = a;
  for (let i = 0; i < 253; i += 1) power = times(power, a);
  return power;
};

/** Lagrange interpolation at zero; the last byte of a share says where it was taken. */
const at = shares.map((share) => share[share.length - 1]);
if (new Set(at).size !== at.length) fail('a share is there twice');
const key = Buffer.alloc(shares[0].length - 1);
for (const [i, share] of shares.entries()) {
  let weight = 1;
  for (const [j, x] of at.entries()) if (j !== i) weight = times(weight, times(x, inverse(x ^ at[i])));
  for (let n = 0; n < key.length; n += 1) key[n] ^= times(share[n], weight);
}

const open = () => {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(envelope.nonce, 'base64'));
    decipher.setAAD(Buffer.from(`${envelope.format}/${envelope.kit}`));
    decipher.setAuthTag(Buffer.from(envelope.tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(envelope.sealed, 'base64')), decipher.final()]);
  } catch {
    return fail('it does not open: a share is wrong, or the envelope was changed');
  }
};
const plain = open();
if (flag === '--drill') {
  const drillKey = createHmac('sha256', key).update('reeve break-glass drill').digest();
  console.log(createHmac('sha256', drillKey).update(String(drill)).digest('hex').slice(0, 20));
} else {
  process.stdout.write(`${plain.toString('utf8')}\n`);
}
