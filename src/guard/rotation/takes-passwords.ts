import type { Targets } from '#connectors/port.ts';
import { getAccount } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { newPassword } from './generate-value.ts';
import { isUnsupported } from './steps/step.ts';

/** A system that took one for one of its accounts is not asked for each of the others: sixty joiners were sixty log-ons. */
const REMEMBERED_MS = 60_000;
const lately = new Map<string, number>();

/**
 * False where the system says that it knows no passwords: then no rotation is planned, which could only fail. Where it
 * cannot be asked now, one is, and finds out. That it does is remembered for a minute.
 */
export async function takesPasswords(targets: Targets, job: JobCtx, accountId: string): Promise<boolean> {
  const account = await job.db.tx((tx) => getAccount(tx, accountId));
  if (account === undefined || (lately.get(account.systemId) ?? 0) > performance.now()) return true;
  const value = newPassword();
  const change = { do: 'set_password' as const, account: account.nativeId, password: value.toString('utf8') };
  value.fill(0);
  try {
    await targets.use(account.systemId, (connector, target) => connector.preview(target, change));
    for (const [systemId, until] of lately) if (until <= performance.now()) lately.delete(systemId);
    lately.set(account.systemId, performance.now() + REMEMBERED_MS);
    return true;
  } catch (error) {
    return !isUnsupported(error);
  }
}
