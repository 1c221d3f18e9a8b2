import type { Targets } from '#connectors/port.ts';
import { getAccount } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { newPassword } from './generate-value.ts';
import { isUnsupported } from './steps/step.ts';

/**
 * False where the system says that it knows no passwords: then no rotation is planned, which could only fail. Where it
 * cannot be asked now, one is, and finds out.
 */
export async function takesPasswords(targets: Targets, job: JobCtx, accountId: string): Promise<boolean> {
  const account = await job.db.tx((tx) => getAccount(tx, accountId));
  if (account === undefined) return true;
  const value = newPassword();
  const change = { do: 'set_password' as const, account: account.nativeId, password: value.toString('utf8') };
  value.fill(0);
  try {
    await targets.use(account.systemId, (connector, target) => connector.preview(target, change));
    return true;
  } catch (error) {
    return !isUnsupported(error);
  }
}
