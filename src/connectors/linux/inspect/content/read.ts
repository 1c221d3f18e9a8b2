/** Reads what changed since it was read, and takes the rest from what was remembered. */
import type { InspectionLimits } from '../../../port.ts';
import { parseKeyLine } from '../../read/parse-keys.ts';
import type { Section } from '../../ssh/script.ts';
import { linesOf } from '../access.ts';
import type { PrivateKeyFile } from '../observe-keys.ts';
import { secretsIn, type FileWithSecrets, type SeenSecret } from '../secret-kinds.ts';
import { candidates, recall, remember, rulesOf, type Candidate } from './memory.ts';

/** What the second script is to read, and how what it answers and what was remembered come together. */
export interface Reading {
  readonly wanted: { readonly keys: readonly string[]; readonly secrets: readonly string[]; readonly guesses: boolean };
  /** More files than are read. */
  readonly more: boolean;
  together(answer: readonly Section[]): Content;
}

export interface Content {
  readonly keys: readonly PrivateKeyFile[];
  readonly secrets: readonly FileWithSecrets[];
  /** Lines as the section `guessed` has them. */
  readonly guessed: readonly string[];
  readonly memory: string;
  /** Kinds of which the time was over before every file was read. */
  readonly cut: readonly string[];
  /** Files that were not read, since they are as they were. */
  readonly spared: number;
}

export function readingOf(first: readonly Section[], limits: InspectionLimits): Reading {
  const rules = rulesOf(limits.fingerprint);
  const known = recall(limits.memory, rules);
  const listed = candidates(first, 'secretlist');
  const files = listed.slice(0, limits.files);
  const keyFiles = candidates(first, 'keylist');
  const shadow = linesOf(first, 'shadow-file')[0] ?? '';
  const changed = files.filter(({ id }) => !known.secrets.has(id));
  const keysToRead = keyFiles.filter(({ id }) => !known.keys.has(id));
  const guesses = shadow === '' || shadow !== known.shadow;
  return {
    wanted: {
      keys: keysToRead.map(({ path }) => path),
      secrets: changed.map(({ path }) => path),
      guesses,
    },
    more: listed.length > limits.files,
    together(answer) {
      const found = secretsOf(answer, limits.fingerprint);
      // A reading that was cut off found less than there is: what it did not get to is not known.
      const cut = (name: string): boolean => answer.some(({ words }) => words[0] === name);
      const [whole, allKeys] = [!cut('secretscut'), !cut('keyscut')];
      const secrets = new Map(files.map((file) => [file, known.secrets.get(file.id) ?? found.get(file.path) ?? []]));
      const read = keysOf(answer);
      const halves = new Map<Candidate, string | undefined>();
      const keys = keyFiles.flatMap((file): readonly PrivateKeyFile[] => {
        const fresh = read.get(file.path);
        const pub = known.keys.has(file.id) ? known.keys.get(file.id) : fresh?.pub;
        const passphrase = known.keys.has(file.id) ? 'no' : (fresh?.passphrase ?? 'unknown');
        if (fresh === undefined && pub === undefined && (allKeys || known.keys.has(file.id)))
          halves.set(file, undefined);
        else if (passphrase === 'no' && pub !== undefined && pub !== '') halves.set(file, pub);
        if (pub === undefined) return [];
        const key = parseKeyLine(pub);
        const { path, mode, owner, group } = file;
        return [{ path, mode, owner, group, passphrase, fingerprint: key?.fingerprint, comment: key?.comment ?? '' }];
      });
      const guessed = guesses ? linesOf(answer, 'guessed') : known.guessed;
      const settled = guessed.every((line) => line !== 'unable' && line !== 'stopped');
      return {
        keys,
        secrets: [...secrets].flatMap(([{ path, mode, owner, group }, seen]) =>
          seen.length === 0 ? [] : [{ path, mode, owner, group, found: seen }],
        ),
        guessed,
        cut: [...(whole ? [] : ['secret_in_file']), ...(allKeys ? [] : ['private_key_readable'])],
        spared: files.length - changed.length + keyFiles.length - keysToRead.length,
        memory: remember(rules, {
          secrets: whole ? secrets : new Map([...secrets].filter(([{ id }]) => known.secrets.has(id))),
          keys: halves,
          shadow: settled ? shadow : '',
          guessed: settled ? guessed : [],
          at: Number(linesOf(first, 'host')[1] ?? 0),
        }),
      };
    },
  };
}

function secretsOf(
  sections: readonly Section[],
  fingerprint: (value: string) => string,
): ReadonlyMap<string, readonly SeenSecret[]> {
  return new Map(
    sections
      .filter(({ words }) => words[0] === 'secretfile')
      .map(({ words, text }) => {
        const path = words.slice(1).join(' ');
        return [path, secretsIn(path, text, fingerprint)] as const;
      }),
  );
}

/** Section `privatekeys`: passphrase, path, public half. */
const keysOf = (
  sections: readonly Section[],
): ReadonlyMap<string, { readonly passphrase: PrivateKeyFile['passphrase']; readonly pub: string }> =>
  new Map(
    linesOf(sections, 'privatekeys').map((line) => {
      const [passphrase = '', path = '', pub = ''] = line.split('\t');
      return [path, { passphrase: passphrase === 'yes' || passphrase === 'no' ? passphrase : 'unknown', pub }] as const;
    }),
  );
