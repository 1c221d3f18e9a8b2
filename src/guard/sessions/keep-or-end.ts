import { getAccount, getGrant } from '#spine/graph/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { LOCKED_WORDS } from '#spine/locks/index.ts';
import type { AdmissionEdges } from './edges.ts';
import { lockOfSession } from './live/refuse-locked-session.ts';
import type { Session } from './model.ts';
import { HOURS_OVER, hoursAreOver } from './within-hours.ts';
import { earlier, getSession, justifyingGrants, lastEnd, type JustifyingGrant } from './store.ts';

/** The live grants a session may rest on now. */
export async function grantsOf(tx: Tx, session: Session, now: Date): Promise<JustifyingGrant[]> {
  const account = await getAccount(tx, session.accountId);
  if (account === undefined || account.state === 'gone') return [];
  return await justifyingGrants(tx, {
    identityId: session.identityId,
    accountId: session.accountId,
    systemId: session.systemId,
    own: account.identityId === session.identityId,
    now,
  });
}

/**
 * Looks again whether a session of this node may go on, when the end of its last grant has come, and right after it
 * opened (a grant may have ended while it did). When that cannot be found out, it ends: access is never kept open
 * because the database is away.
 */
export async function lookAgain(
  edges: Pick<AdmissionEdges, 'db' | 'live' | 'clock' | 'log'>,
  sessionId: string,
): Promise<void> {
  try {
    await edges.db.tx(
      async (tx) => {
        const session = await getSession(tx, sessionId);
        const grants = session === undefined ? [] : await grantsOf(tx, session, edges.clock.now());
        if (grants.length === 0) {
          edges.live.end(sessionId, await whyEnded(tx, session));
          return;
        }
        const lock =
          session === undefined
            ? undefined
            : await lockOfSession(tx, edges.clock.now(), { ...session, grantIds: grants.map((g) => g.grantId) });
        if (lock !== undefined) {
          edges.live.end(sessionId, `${LOCKED_WORDS[lock.scope]} (lock ${lock.id})`);
          return;
        }
        const mustEndAt = session?.mustEndAt ?? null;
        const over = session === undefined ? undefined : await whyOver(tx, session, edges.clock.now());
        if (over !== undefined) {
          edges.live.end(sessionId, over);
          return;
        }
        const at = earlier(lastEnd(grants), mustEndAt);
        edges.live.callAt(sessionId, at, edges.clock.now(), () => void lookAgain(edges, sessionId));
      },
      { readOnly: true },
    );
  } catch (error) {
    edges.log.error('a session was ended because its grants could not be looked up', { sessionId, error });
    edges.live.end(sessionId, 'Reeve could not tell whether the access still holds');
  }
}

/** Why a session whose grants last is over by now all the same; undefined: it is not. Seconds are counted whole. */
async function whyOver(tx: Tx, { identityId, mustEndAt }: Session, now: Date): Promise<string | undefined> {
  if (await hoursAreOver(tx, identityId, now)) return HOURS_OVER;
  if (mustEndAt === null || mustEndAt > now) return undefined;
  return (await hoursAreOver(tx, identityId, new Date(mustEndAt.getTime() + 1000)))
    ? HOURS_OVER
    : 'the longest time that policy allows a session is over';
}

/** In the words the person would have been told had the news of the grant's end come first. */
async function whyEnded(tx: Tx, session: Session | undefined): Promise<string> {
  for (const id of session?.grantIds ?? []) {
    const because = (await getGrant(tx, id))?.endedBecause;
    if (because !== null && because !== undefined) return `access ended: ${because}`;
  }
  return 'the grant it rests on ended';
}
