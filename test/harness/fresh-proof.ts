import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { StepUpFor } from '#spine/operations/index.ts';
import type { House } from './house.ts';
import type { Caller, PeopledHouse } from './peopled-house.ts';

/** Proves afresh for somebody, as their passkey would, that it is them, for one act on one thing. */
export async function proveAfresh(house: PeopledHouse, who: Caller, wanted: StepUpFor): Promise<void> {
  const now = house.clock.now();
  await house.db.run(sql`
    insert into step_up (id, identity_id, signin_id, action, resource_id, asked_at, ends_at, method, proved_at)
    select ${newId()}, ${who.id}, id, ${wanted.action}, ${wanted.resourceId}, ${now}, ${now}::timestamptz + interval '5 minutes', 'passkey', ${now}
      from signin where token_hash = ${hashToken(who.cookie)}`);
}

/** The same for somebody who calls without any sign-in, as tests of a house without surfaces do. */
export async function proveWithoutSignIn(
  house: Pick<House, 'db'>,
  identityId: string,
  wanted: StepUpFor,
): Promise<void> {
  await house.db.tx((tx) =>
    tx.run(sql`
      insert into step_up (id, identity_id, action, resource_id, asked_at, ends_at, method, proved_at)
      values (${newId()}, ${identityId}, ${wanted.action}, ${wanted.resourceId}, ${tx.now},
              ${tx.now}::timestamptz + interval '5 minutes', 'passkey', ${tx.now})`),
  );
}

/** Somebody who proves afresh that it is them whenever they are asked to, and sends the call again. */
export const proving = (house: PeopledHouse, who: Caller): Caller => ({
  ...who,
  call: async (...args) => {
    const answer = await who.call(...args);
    if (answer.body['code'] !== 'step_up.required') return answer;
    const { action, resource_id: resourceId } = answer.body['step_up'] as { action: string; resource_id: string };
    await proveAfresh(house, who, { action, resourceId });
    return await who.call(...args);
  },
});
