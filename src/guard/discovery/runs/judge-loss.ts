import type { Judge } from '#spine/graph/index.ts';

/** How much a reading may take away before a person has to look: whichever is larger of a share and a number. */
export interface LossAllowance {
  readonly maxLossPercent: number;
  readonly maxLossFree: number;
}

/** A holding is taken back every day; so few may always go. */
const HOLDINGS_FREE = 10;

const allowed = (percent: number, free: number, of: number): number => Math.max(free, Math.floor((percent * of) / 100));

/**
 * Whether a reading may take away what is not in it. Never one that names nobody, nor one from another machine than
 * the last trusted one: each looks just like a system in which everybody left. Else by the system's allowance, for
 * accounts as for holdings.
 */
export const judgeLoss =
  (allowance: LossAllowance, kind: 'whole' | 'changes'): Judge =>
  async (loss) => {
    if (kind === 'whole' && loss.accountsRead === 0) return 'it names no account at all';
    if (loss.readAsBefore !== null && loss.readAsBefore !== '' && loss.readAs !== loss.readAsBefore)
      return 'it is from another machine, or under other pins, than the last trusted reading';
    const { maxLossPercent, maxLossFree } = allowance;
    const measures = [
      ['accounts', loss.accountsMissing, maxLossFree],
      ['holdings', loss.holdingsMissing, Math.max(maxLossFree, HOLDINGS_FREE)],
    ] as const;
    // Counting what there is takes a second on a large system, and few losses need it.
    if (measures.every(([, missing, free]) => missing <= free)) return undefined;
    const known = await loss.known();
    for (const [what, missing, free] of measures) {
      const most = allowed(maxLossPercent, free, known[what]);
      if (missing > most) return `${missing} of ${known[what]} ${what} were not there (${most} may be missing)`;
    }
    return undefined;
  };
