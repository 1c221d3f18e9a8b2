import type { FileTerms } from '../../../port.ts';
import { limits } from './file-terms.ts';

type Way = 'from_target' | 'to_target' | 'either';

/** Which way a program that copies files over a command copies them, as its own client calls it; undefined: it is none. */
function wayOf(words: readonly string[]): Way | undefined {
  const program = words[0]?.split('/').at(-1);
  const flags = words.slice(1).filter((word) => word.startsWith('-'));
  const has = (letter: string): boolean => flags.some((flag) => /^-[a-zA-Z0-9]+$/u.test(flag) && flag.includes(letter));
  if (program === 'scp') return has('t') ? 'to_target' : has('f') ? 'from_target' : 'either';
  if (program === 'rsync')
    return flags.includes('--server') ? (flags.includes('--sender') ? 'from_target' : 'to_target') : 'either';
  if (program === 'git-upload-pack' || program === 'git-upload-archive') return 'from_target';
  if (program === 'git-receive-pack') return 'to_target';
  if (program === 'git') return wayOf([`git-${words[1] ?? ''}`]);
  if (program === 'sftp-server' || program === 'internal-sftp') return 'either';
  return undefined;
}

/**
 * Why a command is not run under these terms, or undefined. It knows programs by their names, as the clients of people
 * call them: somebody with a shell who means to can call them otherwise, or use `cat`.
 */
export function refusedCommand(terms: FileTerms | undefined, command: string): string | undefined {
  if (!limits(terms)) return undefined;
  const words = command.trim().split(/\s+/u);
  while (/^[A-Za-z_]\w*=/u.test(words[0] ?? '')) words.shift();
  const way = wayOf(words);
  if (way === undefined) return undefined;
  if (terms.deniedPaths.length > 0) return 'files go by SFTP only in this session, where paths can be told apart';
  if (terms.capture?.some(({ direction }) => way === 'either' || direction === 'both' || direction === way) === true)
    return 'files go by SFTP only in this session, where they are kept';
  return terms.direction === 'both' || terms.direction === way
    ? undefined
    : 'files may not be moved this way in this session';
}
