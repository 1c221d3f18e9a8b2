import { openKdbx, type KdbxEntry } from '#kit/kdbx/index.ts';
import { parseUrl } from '#kit/urls/index.ts';
import { partOf, type Incoming, type ReadIn } from './model.ts';

/** Fields KeePass and its kin keep a seed of one-time codes in. */
const SEEDS = new Set(['otp', 'TOTP Seed', 'TimeOtp-Secret-Base32']);

/**
 * Reads a KeePass file: each entry becomes its password, its one-time codes, its files, and one secret of names and
 * values for notes and whatever else people put there, since nobody knows which of it is secret.
 */
export const readKeepass = async (file: Buffer, password: string): Promise<readonly ReadIn[]> =>
  (await openKdbx(file, password)).flatMap(secretsOf);

function secretsOf(entry: KdbxEntry): readonly ReadIn[] {
  const at = [...entry.groups, entry.title].join('/');
  const title = partOf(entry.title);
  if (title === '') return [{ at, problem: 'has no title' }];
  const name = [...entry.groups.map(partOf).filter(Boolean), title].join('/');
  const labels = entry.url === '' ? {} : { url: withoutSecrets(entry.url) };
  const common = { at, labels, username: entry.username.trim().slice(0, 200) || undefined };
  const found: Incoming[] = [];
  if (entry.password !== '') found.push({ ...common, name, kind: 'password', value: entry.password });
  const more: Record<string, string> = {};
  for (const [field, value] of Object.entries(entry.fields)) {
    if (SEEDS.has(field)) found.push({ ...common, name: `${name}-otp`, kind: 'totp_seed', value });
    else more[field] = value;
  }
  if (Object.keys(more).length > 0)
    found.push({
      ...common,
      username: undefined,
      name: `${name}-more`,
      kind: 'key_value',
      value: JSON.stringify(more),
    });
  for (const file of entry.files)
    found.push({
      ...common,
      username: undefined,
      name: `${name}-${partOf(file.name)}`,
      kind: 'file',
      fileName: file.name.slice(0, 255),
      value: file.bytes.toString('base64'),
    });
  return found.length === 0 ? [{ at, problem: 'holds no secret' }] : found;
}

/** An address without what is before its host and after its path: people paste tokens there. */
function withoutSecrets(address: string): string {
  const url = parseUrl(address);
  if (url === undefined) return '';
  const { protocol, host, pathname } = url;
  return `${protocol}//${host}${pathname}`.slice(0, 200);
}
