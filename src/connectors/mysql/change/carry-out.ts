/** Carries a plan out, and ends sessions where it says so. */
import { TargetError } from '../../port.ts';
import { accountId, shown, type Who } from '../names.ts';
import type { Session } from '../wire/session.ts';
import { sessionsOf } from './account-facts.ts';
import type { Plan } from './plan-change.ts';

export async function carryOut(session: Session, plan: Plan): Promise<void> {
  // Even stored forms are kept out of the server's log of statements, where Reeve's account may do that.
  if (plan.secret === true) await session.run('set session sql_log_off = 1').catch(ifRefused);
  for (const [index, statement] of plan.sql.entries()) {
    await session.run(statement, { secret: plan.secret === true });
    if (index === 0 && plan.endSessionsOf) await endSessions(session, plan.endSessionsOf);
  }
  for (const statement of plan.afterwards ?? []) await session.run(statement).catch(ifRefused);
}

function ifRefused(error: unknown): void {
  if (!(error instanceof TargetError) || error.code !== 'refused') throw error;
}

/** The server's words for a session that ended by itself. */
const noSuchSession = /\(1094\)$/u;

/** Ends the account's sessions and waits until they are gone, a few seconds at most. */
async function endSessions(session: Session, who: Who): Promise<void> {
  for (let round = 0; round < 30; round += 1) {
    const open = await sessionsOf(session, who);
    if (open.length === 0) return;
    for (const id of open) {
      await session.run(`kill connection ${id}`).catch((error: unknown) => {
        if (!(error instanceof Error && noSuchSession.test(error.message))) throw error;
      });
    }
    await session.rows('select sleep(0.1)', 1);
  }
  throw new TargetError(
    'failed',
    `sessions of ${shown(accountId(who))} did not end within 3 s; it cannot log in again, and ending them is tried again`,
  );
}
