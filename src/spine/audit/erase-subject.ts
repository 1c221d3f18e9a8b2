import type { Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/contract.ts';
import { legalHoldSet, subjectErased } from './events.ts';
import { forgetKey } from './record/subject-keys.ts';

interface KeyState {
  readonly legalHold: string | null;
  readonly erasedAt: Date | null;
}

/**
 * Erases a subject's key: every personal field of theirs in the log becomes unreadable for ever, and the log still
 * verifies. Copies of the key in backups of the database live on until those backups end. Throws 404 where nothing
 * was ever sealed, `audit.legal_hold` and `audit.already_erased` (409).
 */
export async function eraseSubject(
  ctx: Ctx,
  permit: Permit<'audit.erase'>,
  keys: Keys,
  input: { readonly subjectId: string; readonly case: string },
): Promise<void> {
  const { tx } = ctx;
  const { subjectId } = input;
  const state = await tx.maybe<KeyState>(sql`
    select legal_hold, erased_at from subject_key where subject_id = ${subjectId} for update`);
  if (state === undefined) throw notFound('subject', subjectId);
  if (state.legalHold !== null) {
    throw conflict(
      'audit.legal_hold',
      `the personal data of ${subjectId} is under legal hold: ${state.legalHold}`,
      'have the hold lifted first',
    );
  }
  if (state.erasedAt !== null)
    throw conflict('audit.already_erased', `the key of ${subjectId} was erased on ${state.erasedAt.toISOString()}`);
  await tx.run(sql`update subject_key set wrapped = null, erased_at = ${tx.now} where subject_id = ${subjectId}`);
  tx.afterCommit(() => forgetKey(keys, subjectId));
  await ctx.record(permit, { event: subjectErased, subject: subjectId, data: { subjectId, case: input.case } });
}

/** Locks a subject's key against erasure for a case, or frees it again (`held: false`). Throws 404. */
export async function setLegalHold(
  ctx: Ctx,
  permit: Permit<'audit.hold'>,
  input: { readonly subjectId: string; readonly held: boolean; readonly case: string },
): Promise<void> {
  const { subjectId, held } = input;
  const touched = await ctx.tx.run(sql`
    update subject_key set legal_hold = ${held ? input.case : null} where subject_id = ${subjectId} and erased_at is null`);
  if (touched === 0) throw notFound('subject', subjectId);
  await ctx.record(permit, { event: legalHoldSet, subject: subjectId, data: { subjectId, held, case: input.case } });
}
