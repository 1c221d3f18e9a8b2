import { sign } from 'node:crypto';
import type { AuthContext, PublicKeyAuthContext } from 'ssh2';
import { readOfferedCertificate } from '#gateways/ssh/login/verify-certificate.ts';
import { readCertificate } from '#kit/ssh-certificates/index.ts';
import { newRawKey, text, word } from '#test/ssh-rig/raw-client.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { captured } from '../seeds.ts';
import { damaged, lie, mangled, must, oneOf, type Random } from '../random.ts';

const SEEDS = captured('ssh-certificates');
const AS_THEY_ARE = new Set(SEEDS.map((one) => one.toString('latin1')));
const ALGORITHMS = [
  'ssh-ed25519-cert-v01@openssh.com',
  'ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'ecdsa-sha2-nistp521-cert-v01@openssh.com',
  'rsa-sha2-256-cert-v01@openssh.com',
  'rsa-sha2-512-cert-v01@openssh.com',
];
const ca = newRawKey();
const holder = newRawKey();
const NAMES = ['', '*', 'root', 'root,x', 'Root', 'a'.repeat(300), 'r\u043eot', 'id@gateway', 'x\0y', '-o'];
const OPTIONS = ['source-address', 'force-command', 'verify-required', 'zzz', ''];
const VALUES = ['', '127.0.0.1', '10.0.0.0/8,::1', '0.0.0.0/99', '1.2.3.4/x', ',', '\0', '127.0.0.1/8/8'];

/** A certificate with odd things in it, which its authority really signed: only what it says can refuse it. */
function signed(random: Random): Buffer {
  const long = (): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(random(2) === 0 ? BigInt(random(2) * 4_000_000_000) : 0xffffffffffffffffn);
    return bytes;
  };
  const some = (make: () => Buffer): Buffer => Buffer.concat(Array.from({ length: random(3) }, make));
  const body = Buffer.concat([
    text('ssh-ed25519-cert-v01@openssh.com'),
    text('nonce'),
    holder.blob.subarray(15),
    long(),
    word(random(4)),
    text('id'),
    text(some(() => text(oneOf(random, NAMES)))),
    long(),
    long(),
    text(some(() => Buffer.concat([text(oneOf(random, OPTIONS)), text(text(oneOf(random, VALUES)))]))),
    text(''),
    text(''),
    text(ca.blob),
    ...(random(8) === 0 ? [word(lie(random, 0))] : []),
  ]);
  return Buffer.concat([body, text(Buffer.concat([text('ssh-ed25519'), text(sign(null, body, ca.privateKey))]))]);
}

const offered = (algo: string, data: Buffer): AuthContext =>
  ({
    method: 'publickey',
    service: 'ssh-connection',
    username: 'root%web1',
    key: { algo, data },
  }) as unknown as AuthContext;

/** How many texts the public key in a certificate has, by its type. */
const KEY_PARTS: Readonly<Record<string, number>> = { 'ssh-e': 1, ecdsa: 2, 'ssh-r': 2 };

/** Whether every length in it adds up, read by nothing of the gateway's: then only what it says can refuse it. */
function isFramed(bytes: Buffer): boolean {
  let at = 0;
  const pass = (count: number): boolean => (at += count) <= bytes.length;
  const texts = (count: number): boolean => {
    for (let n = 0; n < count; n += 1) if (at + 4 > bytes.length || !pass(4 + bytes.readUInt32BE(at))) return false;
    return true;
  };
  const parts = KEY_PARTS[bytes.toString('latin1', 4, 9)];
  if (parts === undefined) return false;
  return texts(2 + parts) && pass(12) && texts(2) && pass(16) && texts(5) && at === bytes.length;
}

/** No byte of a certificate can be changed; and one that is rightly signed still has to say what may be believed. */
export const sshCertificates: Parser = {
  name: 'ssh-certificates',
  reads: 'SSH certificates that clients offer',
  mostMs: 100,
  beyond: 30,
  one: (random) => {
    const really = random(16) === 0;
    const seed = oneOf(random, SEEDS);
    const bytes = really ? signed(random) : random(2) === 0 ? damaged(random, seed) : mangled(random, seed, SEEDS);
    const read = readCertificate(bytes);
    if (read !== undefined && !really)
      must(AS_THEY_ARE.has(bytes.toString('latin1')), () => `taken though it was changed: ${bytes.toString('base64')}`);
    const algorithm = random(4) === 0 ? oneOf(random, ALGORITHMS) : bytes.toString('latin1', 4, 4 + (bytes[3] ?? 0));
    const offer = readOfferedCertificate(offered(algorithm, bytes), '127.0.0.1', new Date());
    if (offer === undefined)
      return really ? 'rightly signed, and refused' : isFramed(bytes) ? 'framed, and refused' : AT_ONCE;
    must(read?.kind === 'user' && read.serial > 0n, () => 'a certificate that is no user’s');
    const { principals } = offer.proof;
    must(
      principals.length > 0 && principals.every((one) => /^[A-Za-z0-9][\w.@-]*$/u.test(one)),
      () => `for ${principals.join()}`,
    );
    const claim = { signature: Buffer.alloc(random(90)), blob: bytes, key: { data: bytes } };
    must(!offer.signedBy(claim as unknown as PublicKeyAuthContext), () => 'zeros were a signature');
    return 'taken';
  },
};
