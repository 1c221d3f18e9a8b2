/**
 * What a look remembers of the files it read, so that the next one reads only those that changed: a file is the same where
 * its inode, the time of its last change, its size and its path are. What was found is remembered without any value, and a
 * file that changed within two seconds of the look is not remembered: it may change again within the same tick of its clock.
 */
import { createHash } from 'node:crypto';
import type { Section } from '../../ssh/script.ts';
import { linesOf, type FileAccess } from '../access.ts';
import { prefilter, secretKinds, type SeenSecret } from '../secret-kinds.ts';
import { guessesTried } from './guess-script.ts';

/** A file a look may read, as the host lists it. */
export interface Candidate extends FileAccess {
  /** Of inode, time, size and path. */
  readonly id: string;
  readonly changedAt: number;
}

/** A private key without a passphrase, and its public half. Others are read again each time: what they lie beside tells more. */
interface SeenKey {
  readonly id: string;
  readonly pub: string;
}

interface Memory {
  /** What the rules, the guesses and the fingerprints are: others find otherwise, and begin anew. */
  readonly rules: string;
  /** Inode, times and size of /etc/shadow, and whose password was guessed. */
  readonly shadow: string;
  readonly guessed: readonly string[];
  /** Ids of files read that held nothing, end to end. */
  readonly empty: string;
  readonly noKeys: string;
  readonly secrets: readonly (readonly [id: string, found: readonly SeenSecret[]])[];
  readonly keys: readonly SeenKey[];
}

export interface Remembered {
  readonly secrets: ReadonlyMap<string, readonly SeenSecret[]>;
  /** Public halves by id; undefined for what is no private key. */
  readonly keys: ReadonlyMap<string, string | undefined>;
  readonly shadow: string;
  readonly guessed: readonly string[];
}

const ID = 12;

export const candidates = (sections: readonly Section[], name: string): readonly Candidate[] =>
  linesOf(sections, name).flatMap((line) => {
    const tab = line.indexOf('\t');
    const [inode = '', changed = '', size = '', mode = '', owner = '', group = ''] = line.slice(0, tab).split(' ');
    const path = line.slice(tab + 1);
    if (tab < 0 || group === '' || !path.startsWith('/')) return [];
    const id = createHash('sha256').update(`${inode} ${changed} ${size} ${path}`).digest('base64url').slice(0, ID);
    return [{ id, changedAt: Number(changed), path, mode, owner, group }];
  });

/** Of the rules a look goes by: with others nothing that was remembered counts. */
export const rulesOf = (fingerprint: (value: string) => string): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        1,
        prefilter,
        secretKinds.map(({ name, pattern, path }) => [name, pattern.source, pattern.flags, path?.source]),
        guessesTried,
        fingerprint('what fingerprints are made with'),
      ]),
    )
    .digest('base64url')
    .slice(0, ID);

/** What was remembered, where it is of the same rules; nothing otherwise. */
export function recall(memory: string | undefined, rules: string): Remembered {
  const known = parsed(memory);
  const same = known?.rules === rules ? known : undefined;
  return {
    secrets: new Map([
      ...ids(same?.empty ?? '').map((id) => [id, []] as const),
      ...(same?.secrets ?? []).map(([id, found]) => [id, found] as const),
    ]),
    keys: new Map([
      ...ids(same?.noKeys ?? '').map((id) => [id, undefined] as const),
      ...(same?.keys ?? []).map(({ id, pub }) => [id, pub] as const),
    ]),
    shadow: same?.shadow ?? '',
    guessed: same?.guessed ?? [],
  };
}

export function remember(
  rules: string,
  seen: {
    readonly secrets: ReadonlyMap<Candidate, readonly SeenSecret[]>;
    readonly keys: ReadonlyMap<Candidate, string | undefined>;
    readonly shadow: string;
    readonly guessed: readonly string[];
    /** The host's own clock, in seconds. */
    readonly at: number;
  },
): string {
  const settled = ({ changedAt }: Candidate): boolean => changedAt < seen.at - 2;
  const secrets = [...seen.secrets].filter(([file]) => settled(file));
  const keys = [...seen.keys].filter(([file]) => settled(file));
  // An hour of /etc/shadow's own is its mark only once the second it stands for is over.
  const shadowAt = Number(seen.shadow.split(' ')[1] ?? 0);
  const memory: Memory = {
    rules,
    shadow: shadowAt < seen.at - 2 ? seen.shadow : '',
    guessed: seen.guessed,
    empty: secrets.flatMap(([{ id }, found]) => (found.length === 0 ? [id] : [])).join(''),
    secrets: secrets.flatMap(([{ id }, found]) => (found.length === 0 ? [] : [[id, found] as const])),
    noKeys: keys.flatMap(([{ id }, pub]) => (pub === undefined ? [id] : [])).join(''),
    keys: keys.flatMap(([{ id }, pub]) => (pub === undefined ? [] : [{ id, pub }])),
  };
  return JSON.stringify(memory);
}

const ids = (text: string): readonly string[] => text.match(new RegExp(`.{${ID}}`, 'gu')) ?? [];

function parsed(memory: string | undefined): Memory | undefined {
  try {
    return memory === undefined ? undefined : (JSON.parse(memory) as Memory);
  } catch {
    return undefined;
  }
}
