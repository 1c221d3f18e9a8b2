import { labelOf } from '../issue-api-key.ts';
import { openVersion } from '../open-version.ts';
import { reachTarget } from '../reach-target.ts';
import { isRefusal, type Step } from './step.ts';
import { retireCredential } from '../set-credential.ts';

/** Takes the new value back from a target that goes on with the old one, where the kind leaves something of it there. */
export const takeBack: Step = async (edges, job, rotation) => {
  const next = await openVersion(edges.keys, job, rotation, { version: rotation.version ?? 0 });
  if (next === undefined) return;
  const label = await labelOf(job.db, rotation.secretId, next.version);
  try {
    await reachTarget(edges, job, rotation, (connector, target) =>
      retireCredential(connector, target, rotation.accountNativeId, next.credential, label),
    );
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
};
