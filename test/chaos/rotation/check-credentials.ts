import type { Credential } from '#connectors/port.ts';
import { openVersion } from '#guard/rotation/open-version.ts';
import { sql } from '#kit/db/index.ts';
import type { Assembled } from './assemble.ts';

interface Kept {
  readonly secretId: string;
  readonly name: string;
  readonly systemId: string;
  readonly accountId: string;
  readonly nativeId: string;
  readonly currentVersion: number | null;
  readonly pending: boolean;
  readonly reported: boolean;
}

/**
 * What is wrong with the credentials in the vault: each has a current value that logs in on its target, or is reported as
 * one that does not; the value before is refused; nothing is left open. Empty when all is well.
 */
export async function checkCredentials(
  reeve: Assembled,
): Promise<{ readonly wrong: string[]; readonly works: number }> {
  const wrong: string[] = [];
  let works = 0;
  const open = await reeve.db.one<{ n: number }>(sql`select count(*)::int as n from rotation where ended_at is null`);
  if (open.n > 0) wrong.push(`${open.n} rotations are still open`);
  const kept = await reeve.db.many<Kept>(sql`
    select s.id as secret_id, s.name, s.system_id, a.id as account_id, a.native_id, s.current_version,
           exists (select from secret_version v where v.secret_id = s.id and v.state = 'pending') as pending,
           exists (select from credential_check c where c.secret_id = s.id and c.state = 'refused') as reported
      from secret s join account a on a.id = s.account_id where s.removed_at is null order by s.name`);
  const job = reeve.spine.operator.jobCtx('rotation');
  for (const one of kept) {
    const place = { secretId: one.secretId, systemId: one.systemId, accountNativeId: one.nativeId };
    const current = await openVersion(reeve.edges.keys, job, place, { state: 'current' });
    const before = await openVersion(reeve.edges.keys, job, place, { state: 'previous' });
    const opens = async (credential: Credential | undefined): Promise<boolean> =>
      credential !== undefined &&
      (await reeve.edges.targets.use(one.systemId, (connector, target) => connector.verify(target, credential)));
    const old = await opens(before?.credential);
    const now = await opens(current?.credential);
    if (now) works += 1;
    else if (!one.reported) wrong.push(`${one.name} does not log in, and nothing says so`);
    if (old)
      wrong.push(
        `${one.name} still takes the value before${now ? ', and the current one' : ''}${one.reported ? ', and is reported' : ''}`,
      );
    if (one.pending && !one.reported) wrong.push(`${one.name} has a value that waits for nobody`);
  }
  return { wrong, works };
}
