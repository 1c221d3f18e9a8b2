/** Keys of SSH: what opens which account, who holds what, and which private halves others can read. */
import type { KeySighting, Observation } from '../../port.ts';
import { hasLoginShell } from '../read/privilege.ts';
import { placeOf, readers, writers, type SeenHost } from './access.ts';

export interface PrivateKeyFile {
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly passphrase: 'yes' | 'no' | 'unknown';
  readonly fingerprint: string | undefined;
  readonly comment: string;
}

export function observePrivateKeys(files: readonly PrivateKeyFile[], state: SeenHost): readonly Observation[] {
  return files.flatMap((file) => {
    const others = [...new Set([...readers(file, state), ...writers(file, state)])].filter(
      (name) => name !== file.owner,
    );
    if (others.length === 0) return [];
    return [
      {
        kind: 'private_key_readable',
        account: file.owner,
        about: file.path,
        place: placeOf(file, state),
        facts: {
          path: file.path,
          by: others.map((name) => name || 'everybody'),
          passphrase: file.passphrase,
          ...(file.fingerprint === undefined ? {} : { fingerprint: file.fingerprint }),
        },
      },
    ];
  });
}

/** Host keys prove the host and open no account. */
const isHostKey = (path: string): boolean => /\/ssh_host_[^/]*_key$/u.test(path);

export function keySightings(state: SeenHost, files: readonly PrivateKeyFile[]): readonly KeySighting[] {
  const found: KeySighting[] = [];
  for (const user of state.users) {
    if (!user.expired)
      for (const key of user.keys)
        found.push({
          account: user.name,
          fingerprint: key.fingerprint,
          how: 'opens',
          place: key.place,
          comment: key.comment,
          options: key.options,
        });
    for (const key of user.ownKeys)
      found.push({
        account: user.name,
        fingerprint: key.fingerprint,
        how: 'holds',
        place: key.place,
        comment: key.comment,
        options: [],
      });
  }
  for (const file of files) {
    if (file.fingerprint === undefined || isHostKey(file.path)) continue;
    const holders = new Set([file.owner, ...readers(file, state).filter((name) => name !== '')]);
    // A key in somebody's home is theirs, whoever owns the file.
    for (const user of state.users)
      if (hasLoginShell(user) && user.home !== '/' && file.path.startsWith(`${user.home}/`)) holders.add(user.name);
    for (const account of holders)
      found.push({
        account,
        fingerprint: file.fingerprint,
        how: 'holds',
        place: file.path,
        comment: file.comment,
        options: [],
      });
  }
  const once = new Map(found.map((one) => [JSON.stringify([one.account, one.fingerprint, one.how, one.place]), one]));
  return [...once].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
