/** A Linux host that only the gateways reach. */
import { firewallPart, type Isolation, type Target } from '../../port.ts';
import type { RunOptions } from '../ssh/script.ts';
import type { SshSession } from '../ssh/session.ts';
import { newLogons } from './log-ons.ts';
import { proveHost } from './prove.ts';
import { keysPart, sshdPart } from './sshd-part.ts';

type Open = (target: Target) => Promise<{ readonly session: SshSession; readonly options: RunOptions }>;

export const isolationOver = (open: Open): Isolation => ({
  parts: (place, plan) => [sshdPart(place, plan), firewallPart(place, plan), ...keysPart(place, plan)],
  prove: async (target, plan) => {
    const { session, options } = await open(target);
    try {
      return await proveHost(session, target, plan, options);
    } finally {
      session.close();
    }
  },
  lookOut: async (target) => {
    const { session, options } = await open(target);
    return {
      look: (mark) => newLogons(session, options, mark),
      close: () => Promise.resolve(session.close()),
    };
  },
});
