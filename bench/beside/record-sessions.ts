import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AdmitRequest, Admission } from '#gateways/port.ts';
import type { Recording } from '#guard/sessions/index.ts';
import { openRecordings, storeInFolder } from '#guard/sessions/recording/index.ts';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';

/** Whatever the gateway of a benchmark is handed to admit people by; it is changed. */
interface Ports {
  admit: (ask: AdmitRequest) => Promise<Admission>;
}

/** Records every session that is admitted from now on, below `dir`, as Reeve does. `finish` ends those that stand. */
export async function recordSessions(ports: Ports, dir: string, title: string): Promise<{ finish(): Promise<void> }> {
  const store = await storeInFolder(join(dir, 'recordings'));
  const recordings = openRecordings({ store, keys: keysOf(rootKeyOf(randomBytes(32))), waitSeconds: 60 });
  const kept: Recording[] = [];
  const admit = ports.admit.bind(ports);
  ports.admit = async (ask) => {
    const answer = await admit(ask);
    if (!answer.admitted) return answer;
    const recording = await recordings.begin(newId(), { title, startedAt: new Date() });
    kept.push(recording);
    return { admitted: true, ticket: { ...answer.ticket, recorder: recording.recorder } };
  };
  return {
    finish: async () => {
      for (const recording of kept.splice(0)) await recording.finish();
    },
  };
}
