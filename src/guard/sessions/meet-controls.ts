import { sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { controlsOfGrants, holdIdentities, uniteControls, type GrantControls } from '#spine/graph/index.ts';
import type { AdmissionEdges } from './edges.ts';
import { withinHours } from './within-hours.ts';

/**
 * Refuses a session that does not meet what the grants it rests on are under, all of them together, the stricter of two,
 * or that comes outside its person's hours of access.
 * Says what to do next. Returns what goes on holding while it lasts.
 */
export async function meetControls(
  edges: Pick<AdmissionEdges, 'lastSignIn' | 'publicUrl'>,
  tx: Tx,
  ask: {
    readonly identityId: string;
    readonly grantIds: readonly string[];
    /** When they proved afresh that it is them, for this very login. */
    readonly provenAt?: Date | undefined;
  },
): Promise<GrantControls> {
  const of = await controlsOfGrants(tx, ask.grantIds);
  const controls = await withinHours(tx, ask.identityId, uniteControls(ask.grantIds.map(of)));
  if (controls.stepUpSeconds !== null) await requireSignIn(edges, tx, ask, controls.stepUpSeconds);
  if (controls.oneSession)
    await requireNoOther(
      tx,
      ask.identityId,
      ask.grantIds.filter((id) => of(id).oneSession),
    );
  return controls;
}

async function requireSignIn(
  edges: Pick<AdmissionEdges, 'lastSignIn' | 'publicUrl'>,
  tx: Tx,
  { identityId, provenAt }: { readonly identityId: string; readonly provenAt?: Date | undefined },
  seconds: number,
): Promise<void> {
  const freshEnough = (at: Date | undefined): boolean =>
    at !== undefined && at.getTime() + seconds * 1000 > tx.now.getTime();
  if (freshEnough(provenAt) || freshEnough(await edges.lastSignIn(tx, identityId))) return;
  const minutes = Math.max(1, Math.floor(seconds / 60));
  throw new AppError({
    code: 'session.sign_in_needed',
    status: 403,
    detail: `this access asks for a sign-in at most ${minutes} min before each session`,
    fix: `Sign in afresh at ${edges.publicUrl} with your passkey or a one-time code, then connect again.`,
  });
}

/** Those who start two at the same instant wait for each other here. */
async function requireNoOther(tx: Tx, identityId: string, grantIds: readonly string[]): Promise<void> {
  await holdIdentities(tx, [identityId]);
  const other = await tx.maybe<{ id: string }>(sql`
    select id from session
     where identity_id = ${identityId} and state = 'live' and grant_ids && ${sql.array(grantIds)}::uuid[] limit 1`);
  if (other === undefined) return;
  throw new AppError({
    code: 'session.one_at_a_time',
    status: 409,
    detail: 'this access allows one session at a time, and you have one',
    fix: 'End the other session, then connect again.',
  });
}
