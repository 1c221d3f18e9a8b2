import { readBareKey } from '#gateways/ssh/login/verify-login.ts';
import { readPrivateKey, toOpenSshKey } from '#gateways/ssh/openssh-key.ts';
import { AppError } from '#kit/errors/index.ts';
import { sshPublicKey } from '#kit/crypto/index.ts';
import { parsePublicKey } from '#kit/ssh-certificates/index.ts';
import { newRawKey, text } from '#test/ssh-rig/raw-client.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { captured } from '../seeds.ts';
import { damaged, mangled, must, oneOf, type Random } from '../random.ts';

const SK = 'sk-ssh-ed25519@openssh.com';
const BLOBS = [...captured('ssh-keys'), Buffer.concat([text(SK), newRawKey().blob.subarray(15), text('ssh:')])];
const PRIVATE = captured('ssh-private-keys');
const TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa', SK];
const typeOf = (blob: Buffer): string => blob.toString('latin1', 4, 4 + (blob[3] ?? 0));

/** Another key under the same name: the name itself is as it was. */
function withType(random: Random, blob: Buffer): Buffer {
  const head = 4 + (blob[3] ?? 0);
  return Buffer.concat([blob.subarray(0, head), damaged(random, blob.subarray(head))]);
}

/** A public key is what its name says, whole and strong enough, or none; nothing random is its signature. */
export const sshKeys: Parser = {
  name: 'ssh-keys',
  reads: 'public keys of clients, and lines of them',
  mostMs: 100,
  beyond: 20,
  one: (random) => {
    const seed = oneOf(random, BLOBS);
    const blob = random(3) > 0 ? withType(random, seed) : mangled(random, seed, BLOBS);
    const type = random(6) === 0 ? oneOf(random, TYPES) : typeOf(blob);
    const key = readBareKey(type, blob, random(4) === 0 ? undefined : 'sha256');
    if (key !== undefined) {
      must(typeOf(blob) === type && TYPES.includes(type) && blob.length <= 4096, () => `a ${type} that is none`);
      const signature = Buffer.alloc(1 + random(140), random(256));
      // one in eight: OpenSSL takes longer for it than all the rest
      must(
        random(8) > 0 || !key.verifies(blob, signature, 'sha256'),
        () => `a signature of nothing by ${blob.toString('base64')}`,
      );
    }
    const line = `${type} ${blob.toString('base64')}${random(3) === 0 ? ' comment' : ''}`;
    try {
      const { blob: taken } = parsePublicKey(
        random(5) === 0 ? mangled(random, Buffer.from(line), BLOBS).toString() : line,
      );
      must(TYPES.includes(typeOf(taken)) || typeOf(taken).startsWith('sk-'), () => `certified: ${typeOf(taken)}`);
      return key === undefined ? 'a line of a key' : 'a key';
    } catch (error) {
      if (!(error instanceof AppError) || error.status !== 422) throw error;
    }
    return key === undefined ? AT_ONCE : 'a key, and a broken line';
  },
};

/** Another key in the same armour: what is wrong is within what base64 carries. */
function inArmour(random: Random, armoured: Buffer): Buffer {
  const [, head = '', body = '', foot = ''] =
    /^(-----BEGIN [^\n]+\n)([A-Za-z0-9+/=\n]+)(-----END [^\n]+\n?)$/.exec(armoured.toString('latin1')) ?? [];
  if (body === '') return damaged(random, armoured);
  const lines =
    damaged(random, Buffer.from(body, 'base64'))
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return Buffer.from(`${head}${lines.join('\n')}\n${foot}`);
}

/** A private key as a vault may hold it is read, or handed on as it is: whoever uses it says what is wrong. */
export const sshPrivateKeys: Parser = {
  name: 'ssh-private-keys',
  reads: 'private keys in the formats of OpenSSH and PKCS#8',
  mostMs: 500,
  beyond: 5,
  one: (random) => {
    const seed = oneOf(random, PRIVATE);
    const bytes = random(4) > 0 ? inArmour(random, seed) : mangled(random, seed, PRIVATE);
    const key = toOpenSshKey(bytes);
    must(key === bytes || key.includes('OPENSSH PRIVATE KEY'), () => 'neither as it was nor as OpenSSH has it');
    const line = sshPublicKey(bytes);
    if (line !== undefined) must(line.length < 12_000, () => 'a public half without end');
    const parsed = readPrivateKey(bytes);
    // one in 64, as above: it signs or says why it does not
    if (parsed !== undefined && random(64) === 0)
      must(ofSignature(parsed.sign(bytes, 'sha256')), () => 'neither a signature nor why there is none');
    if (line === undefined && parsed === undefined) return AT_ONCE;
    return parsed === undefined ? 'a key of Reeve alone' : 'a key';
  },
};

const ofSignature = (answer: unknown): boolean => Buffer.isBuffer(answer) || answer instanceof Error;
