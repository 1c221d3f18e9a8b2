/** How something is planted on a host. */
import type { SshKey } from '../ssh-keys.ts';

export interface Plant {
  readonly on: string;
  /** Account the finding is about; '' for everybody. */
  readonly account: string;
  /** Kind of the finding. */
  readonly kind: string;
  /** What its reason or evidence says. */
  readonly says: RegExp;
  /** For hosts: how it is planted, as root. Servers have theirs in their plans. */
  readonly how?: string | ((keys: EstateKeys) => string);
}

/** Keys of this run by name. */
export type EstateKeys = (name: string) => SshKey;

export const file = (path: string, text: string, mode = '644', owner = 'root:root'): string =>
  `mkdir -p "$(dirname ${path})" && cat >${path} <<'PLANTED'\n${text}\nPLANTED\nchmod ${mode} ${path} && chown ${owner} ${path}`;
export const sudoers = (name: string, line: string): string => file(`/etc/sudoers.d/${name}`, line, '440');
export const program = (path: string, owner = 'root:root', mode = '755'): string =>
  file(path, '#!/bin/sh\nexit 0', mode, owner);
export const days = (ago: number): string => `$(( $(date +%s) / 86400 - ${ago} ))`;
