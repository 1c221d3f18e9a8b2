import type { Tx } from '#kit/db/index.ts';
import { findOwners, orphanAccounts, type OrphanScope } from './find-owners.ts';
import { draftRules, readRules, type CorrelationRules, type RulesChange } from './rules.ts';
import { becauseOf, type Candidate } from './score.ts';

/** What becomes of an account without an owner. */
export type Outcome = 'link' | 'case' | 'nothing';

export interface PreviewedAccount {
  readonly accountId: string;
  readonly accountName: string;
  readonly systemName: string;
  /** By the rules as they are. */
  readonly before: Outcome;
  /** By the draft. */
  readonly after: Outcome;
  /** Whom it would be linked to, and what it would say. */
  readonly because: string | null;
  readonly candidates: readonly Candidate[];
}

export interface RulesPreview {
  readonly rules: CorrelationRules;
  readonly accounts: number;
  /** True where there are more accounts without an owner than were looked at. */
  readonly more: boolean;
  readonly before: Readonly<Record<Outcome, number>>;
  readonly after: Readonly<Record<Outcome, number>>;
  readonly items: readonly PreviewedAccount[];
}

/** Accounts looked at by one preview. */
const MOST = 20_000;
/** Candidates named for each. */
const NAMED = 10;

const NOBODY = '00000000-0000-0000-0000-000000000000';

const outcomeOf = (found: { readonly ranked: readonly Candidate[]; readonly link: boolean }): Outcome => {
  if (found.link) return 'link';
  return found.ranked.length > 0 ? 'case' : 'nothing';
};

/**
 * Judges every account without an owner by the rules as they are and by a draft of them, and says what differs, with
 * the score of each attribute. Nothing is linked, and no case opened. First those that would end otherwise.
 */
export async function previewRules(
  tx: Tx,
  input: { readonly change: RulesChange; readonly scope: OrphanScope; readonly limit: number },
): Promise<RulesPreview> {
  const [now, draft] = [await readRules(tx), await draftRules(tx, input.change)];
  const before = { link: 0, case: 0, nothing: 0 };
  const after = { link: 0, case: 0, nothing: 0 };
  const changed: PreviewedAccount[] = [];
  const same: PreviewedAccount[] = [];
  let [last, accounts, more] = [NOBODY, 0, false];
  for (;;) {
    const orphans = await orphanAccounts(tx, input.scope, last);
    if (orphans.length === 0) break;
    if (accounts >= MOST) {
      more = true;
      break;
    }
    last = orphans.at(-1)?.id ?? last;
    accounts += orphans.length;
    const [asIs, asDrafted] = [await findOwners(tx, orphans, now), await findOwners(tx, orphans, draft)];
    for (const [i, found] of asDrafted.entries()) {
      const was = outcomeOf(asIs[i] ?? { ranked: [], link: false });
      const is = outcomeOf(found);
      before[was] += 1;
      after[is] += 1;
      const [best] = found.ranked;
      const to = was === is && asIs[i]?.ranked[0]?.identityId === best?.identityId ? same : changed;
      if (to.length >= input.limit || (is === 'nothing' && was === 'nothing')) continue;
      to.push({
        accountId: found.orphan.id,
        accountName: found.orphan.name,
        systemName: found.orphan.systemName,
        before: was,
        after: is,
        because: found.link && best !== undefined ? becauseOf(best) : null,
        candidates: found.ranked.slice(0, NAMED),
      });
    }
  }
  return { rules: draft, accounts, more, before, after, items: [...changed, ...same].slice(0, input.limit) };
}
