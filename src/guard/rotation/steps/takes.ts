import type { JobCtx } from '#spine/operations/index.ts';
import type { Rotation } from '../model.ts';
import { openVersion } from '../open-version.ts';
import { reachTarget, type RotationEdges } from '../reach-target.ts';
import { logsIn } from '../set-credential.ts';

/**
 * Which of the two values of a rotation the target takes, by logging in. The other is asked only where the first was not
 * taken: a log-on with a wrong value counts against the account.
 */
export async function takes(
  edges: RotationEdges,
  job: JobCtx,
  rotation: Rotation,
  { first }: { readonly first: 'new' | 'old' },
): Promise<{ readonly takesNew: boolean; readonly takesOld: boolean }> {
  const next = await openVersion(edges.keys, job, rotation, { version: rotation.version ?? 0 });
  const old = await openVersion(edges.keys, job, rotation, { state: 'current' });
  return await reachTarget(edges, job, rotation, async (connector, target) => {
    const opens = (which: 'new' | 'old'): Promise<boolean> => {
      const opened = which === 'new' ? next : old;
      return opened === undefined ? Promise.resolve(false) : logsIn(connector, target, opened.credential);
    };
    const one = await opens(first);
    const other = one ? false : await opens(first === 'new' ? 'old' : 'new');
    return first === 'new' ? { takesNew: one, takesOld: other } : { takesNew: other, takesOld: one };
  });
}
