import { posix } from 'node:path';
import type { FileTerms } from '../../../port.ts';
import { EXTENSIONS, TYPE, type SftpRequest } from './read-request.ts';

export type { FileTerms };

/** Whether terms limit anything, or have something kept: then nothing may flow that is not understood. */
export const limits = (terms: FileTerms | undefined): terms is FileTerms =>
  terms !== undefined &&
  (terms.direction !== 'both' || terms.deniedPaths.length > 0 || (terms.capture ?? []).length > 0);

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

/** A path that may not be touched: byte for byte (as latin1), and as the terms have it. */
export interface DeniedPath {
  readonly at: string;
  readonly said: string;
}

export const deniedBy = ({ deniedPaths }: FileTerms): readonly DeniedPath[] =>
  deniedPaths.map((said) => ({ at: atOf(Buffer.from(said).toString('latin1')), said: atOf(said) }));

const atOf = (path: string): string => path.replace(/\/+$/u, '') || '/';

/** A path the target is to resolve, and a name to be read in what it resolves to. Byte for byte. */
export interface AskedPath {
  readonly path: string;
  readonly name?: string;
}

/**
 * What must be asked about the paths a request names: where each leads, and where it is itself. A link in a denied folder
 * leads elsewhere, and is removed, replaced or moved there all the same.
 */
export function askedOf(request: SftpRequest): readonly AskedPath[] {
  if (request.type === TYPE.realpath || request.extension === EXPAND) return [];
  const [path, to] = request.names ?? [];
  if (path === undefined) return [];
  if (request.type === TYPE.readlink) return placesOf(path).slice(-1);
  if (to === undefined) return placesOf(path);
  // OpenSSH's server takes what a link points to first; it is seen from the folder the link is in
  const first = request.type === TYPE.symlink && !path.startsWith('/') ? `${posix.dirname(to)}/${path}` : path;
  return [...placesOf(first), ...placesOf(to)];
}

function placesOf(path: string): readonly AskedPath[] {
  const name = posix.basename(path);
  if (name === '' || name === '.' || name === '..') return [{ path }];
  return [{ path }, { path: posix.dirname(path), name }];
}

/** Why a path, as the target resolved it, may not be touched. Moving or removing a folder touches all in it. */
export function refusedByPath(
  denied: readonly DeniedPath[],
  resolved: string,
  request: SftpRequest,
): string | undefined {
  const path = posix.normalize(resolved);
  const moves = request.type === TYPE.rename || request.type === TYPE.rmdir || request.act === 'rename';
  for (const { at, said } of denied) {
    if (path === at || path.startsWith(at === '/' ? '/' : `${at}/`))
      return `${said} may not be touched in this session`;
    if (moves && at.startsWith(path === '/' ? '/' : `${path}/`))
      return `${said} in it may not be touched in this session`;
  }
  return undefined;
}
