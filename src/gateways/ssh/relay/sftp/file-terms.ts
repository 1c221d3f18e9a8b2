import { posix } from 'node:path';
import type { FileTerms } from '../../../port.ts';
import { EXTENSIONS, TYPE, type SftpRequest } from './read-request.ts';

export type { FileTerms };

/** Whether terms limit anything. */
export const limits = (terms: FileTerms | undefined): terms is FileTerms =>
  terms !== undefined && (terms.direction !== 'both' || terms.deniedPaths.length > 0);

/** Why a request is refused whatever it names, or undefined. */
export function refusedByDirection(terms: FileTerms, request: SftpRequest): string | undefined {
  if (request.type === TYPE.extended && !EXTENSIONS.has(request.extension ?? '')) return 'Reeve does not know it';
  if (terms.direction === 'none') return 'files may not be moved in this session';
  if (terms.direction === 'from_target' && request.changes) return 'files may only be read in this session';
  if (terms.direction === 'to_target' && request.reads === true) return 'files may only be written in this session';
  return undefined;
}

/** Says what a path means, as REALPATH does; it touches nothing. */
const EXPAND = 'expand-path@openssh.com';

/** The paths a request names that must be looked at, as it names them. */
export function pathsOf(request: SftpRequest): readonly string[] {
  if (request.type === TYPE.realpath || request.type === TYPE.readlink || request.extension === EXPAND) return [];
  const { path, to } = request;
  if (path === undefined) return [];
  if (to === undefined) return [path];
  // OpenSSH's server takes what a link points to first; it is seen from the folder the link is in
  if (request.type === TYPE.symlink) return [path.startsWith('/') ? path : posix.join(posix.dirname(to), path), to];
  return [path, to];
}

/** Why a path, as the target resolved it, may not be touched. Moving or removing a folder touches all in it. */
export function refusedByPath(terms: FileTerms, resolved: string, request: SftpRequest): string | undefined {
  const path = posix.normalize(resolved);
  const moves = request.type === TYPE.rename || request.type === TYPE.rmdir || request.act === 'rename';
  for (const denied of terms.deniedPaths) {
    const at = denied === '/' ? '/' : denied.replace(/\/+$/u, '');
    if (path === at || path.startsWith(at === '/' ? '/' : `${at}/`)) return `${at} may not be touched in this session`;
    if (moves && at.startsWith(path === '/' ? '/' : `${path}/`))
      return `${at} in it may not be touched in this session`;
  }
  return undefined;
}
