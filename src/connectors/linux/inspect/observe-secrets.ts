/** Secrets in files: where, of what sort, readable by whom, with a fingerprint. The value goes into the fingerprint and nowhere else. */
import type { Observation } from '../../port.ts';
import type { Section } from '../ssh/script.ts';
import { readers, writers, placeOf, type SeenHost } from './access.ts';
import { isSpecimen, secretIn } from './secret-kinds.ts';

export function observeSecrets(
  sections: readonly Section[],
  state: SeenHost,
  fingerprint: (value: string) => string,
): readonly Observation[] {
  return sections.flatMap(({ words, text }) => {
    if (words[0] !== 'secretfile') return [];
    const [, mode = '', owner = '', group = '', ...parts] = words;
    const path = parts.join(' ');
    if (isSpecimen(path)) return [];
    const by = [
      ...new Set([...readers({ path, mode, owner, group }, state), ...writers({ path, mode, owner, group }, state)]),
    ].filter((name) => name !== owner);
    return text.split('\n').flatMap((line) => {
      const colon = line.indexOf(':');
      const number = line.slice(0, colon);
      const found = colon < 0 ? undefined : secretIn(path, line.slice(colon + 1));
      if (found === undefined) return [];
      const mark = fingerprint(found.value);
      return [
        {
          kind: 'secret_in_file',
          account: owner,
          about: `${path} ${mark}`,
          place: placeOf({ path, mode, owner, group }, state).replace(path, `${path}:${number}`),
          facts: { path, sort: found.name, fingerprint: mark, readableBy: by.map((name) => name || 'everybody') },
        },
      ];
    });
  });
}
