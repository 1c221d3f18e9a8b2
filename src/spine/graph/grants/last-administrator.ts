import { conflict } from '#kit/errors/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { ADMIN_ROLES } from '../admin-roles.ts';
import { whoCouldReach } from '../closure/who-could-reach.ts';
import { getIdentities } from '../identities/read-identities.ts';
import type { Grant } from '../model.ts';

/**
 * Reeve without an administrator could not be administered again: the last active one stays until there is another.
 * Two who end each other's grant at the same instant: the second waits here for the first, and is refused.
 * Throws `grant.last_administrator`. What has an end of its own ends nevertheless.
 */
export async function refuseLastAdministrator(tx: Tx, grant: Grant): Promise<void> {
  if (!(await isAdministrators(tx, grant))) return;
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('reeve.last_administrator'))`);
  const others = (await administrators(tx)).filter((a) => a.sourceId !== grant.id && a.via === 'grant');
  const people = await getIdentities(
    tx,
    others.map((a) => a.identityId),
  );
  if (people.some((i) => i.state === 'active')) return;
  throw conflict('grant.last_administrator', 'this is the last active administrator of Reeve', 'appoint another first');
}

const administrators = (tx: Tx) => whoCouldReach(tx, { entitlementId: ADMIN_ROLES.administrator });
const isAdministrators = async (tx: Tx, grant: Grant): Promise<boolean> =>
  (await administrators(tx)).some((a) => a.sourceId === grant.id);
