/** Secrets in files: where, of what sort, readable by whom, with a fingerprint. */
import type { Observation } from '../../port.ts';
import { placeOf, readers, writers, type SeenHost } from './access.ts';
import type { FileWithSecrets } from './secret-kinds.ts';

export const observeSecrets = (files: readonly FileWithSecrets[], state: SeenHost): readonly Observation[] =>
  files.flatMap(({ found, ...file }) => {
    const by = [...new Set([...readers(file, state), ...writers(file, state)])].filter((name) => name !== file.owner);
    return found.map(({ line, sort, mark }) => ({
      kind: 'secret_in_file',
      account: file.owner,
      about: `${file.path} ${mark}`,
      place: placeOf(file, state).replace(file.path, `${file.path}:${line}`),
      facts: { path: file.path, sort, fingerprint: mark, readableBy: by.map((name) => name || 'everybody') },
    }));
  });
