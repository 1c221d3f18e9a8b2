import { open, seal, type SealingKey } from '#kit/crypto/index.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import type { ResourceType } from '#spine/operations/index.ts';

/** A command that waits for somebody's word. */
export interface HeldCommand {
  readonly id: string;
  readonly sessionId: string;
  readonly identityId: string;
  readonly identityName: string;
  readonly accountName: string;
  readonly systemName: string;
  readonly pattern: string;
  readonly sealedCommand: Buffer | null;
  readonly askedAt: Date;
  readonly until: Date;
}

const contextOf = (id: string): string => `held_command/${id}`;
export const sealCommand = (key: SealingKey, id: string, command: string): Buffer =>
  seal(key, Buffer.from(command), contextOf(id));

/** What would run; said to be unreadable where its key is gone meanwhile. */
export function openCommand(key: SealingKey, { id, sealedCommand }: Pick<HeldCommand, 'id' | 'sealedCommand'>): string {
  try {
    if (sealedCommand !== null) return open(key, sealedCommand, contextOf(id)).toString();
  } catch {
    // a key changed in those minutes; the session's record has it
  }
  return 'not readable here: see the session';
}

const held = sql`
  select h.id, h.session_id, s.identity_id, f.display_name as identity_name, a.name as account_name, y.name as system_name,
         h.pattern, h.sealed_command, h.asked_at, h.until
    from held_command h join session s on s.id = h.session_id join account a on a.id = s.account_id
    join system y on y.id = s.system_id
    join lateral (select display_name from identity_facts where identity_id = s.identity_id
                   order by valid_from desc limit 1) f on true
   where h.decision is null`;

/** Those that wait now, the oldest first. */
export const waitingCommands = (tx: Tx): Promise<HeldCommand[]> =>
  tx.many<HeldCommand>(sql`${held} and h.until > ${tx.now} and s.state = 'live' order by h.asked_at, h.id limit 200`);

export const waitingCommand = (tx: Tx, id: string): Promise<HeldCommand | undefined> =>
  tx.maybe<HeldCommand>(sql`${held} and h.until > ${tx.now} and s.state = 'live' and h.id = ${id} for update of h`);

/** What was decided of one; null: nothing yet. */
export const decisionOf = async (db: Queryable, id: string): Promise<'allowed' | 'refused' | 'lapsed' | null> =>
  (
    await db.one<{ decision: 'allowed' | 'refused' | 'lapsed' | null }>(
      sql`select decision from held_command where id = ${id}`,
    )
  ).decision;

/** A held command, as policies know it. */
export const heldCommandType: ResourceType = {
  type: 'HeldCommand',
  attributes: { session: { type: 'Entity', name: 'Session' } },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; sessionId: string }>(
      sql`select id, session_id from held_command where id = any(${ids}::uuid[])`,
    );
    return new Map(rows.map(({ id, sessionId }) => [id, { session: { entity: { type: 'Session', id: sessionId } } }]));
  },
};
