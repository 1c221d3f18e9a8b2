import { acceptFinding, removeFinding, timeFinding, vaultFinding } from '../../api/findings.ts';
import type { Finding } from '../../api/shapes/findings.ts';

const YEAR_QUARTER_MS = 90 * 86_400_000;

/** One way out of the queue: what it is called, when it fits, and what is said before and after. */
export interface Answer {
  readonly label: string;
  readonly keys: string;
  readonly text: string;
  readonly done: string;
  readonly danger?: true;
  readonly fits: (row: Finding) => boolean;
  readonly run: (id: string, because: string) => Promise<unknown>;
}

export const ANSWERS: Readonly<Record<string, Answer>> = {
  vault: {
    label: 'Take into the vault…',
    keys: 'v',
    text: 'The account gets a new credential that nobody knows, proved by logging in. Whoever used the old one is out.',
    done: 'It is being rotated into the vault',
    fits: (row) => row.canVault,
    run: vaultFinding,
  },
  jit: {
    label: 'Make just-in-time…',
    keys: 'j',
    text: 'What the account holds becomes a grant of its owner for 8 hours, and is asked for from then on.',
    done: 'It ends by itself in 8 hours',
    fits: (row) => row.entitlement !== null && row.accountId !== null,
    run: timeFinding,
  },
  remove: {
    label: 'Remove…',
    keys: 'r',
    text: 'It is taken off the target now. Another look proves it.',
    done: 'It is being removed; the next look proves it',
    danger: true,
    fits: (row) => row.entitlement !== null,
    run: removeFinding,
  },
  accept: {
    label: 'Accept for 90 days…',
    keys: 'e',
    text: 'It stays as it is, and opens again in 90 days, or as soon as it gets worse.',
    done: 'Accepted for 90 days',
    fits: () => true,
    run: (id, because) => acceptFinding(id, because, new Date(Date.now() + YEAR_QUARTER_MS).toISOString()),
  },
};
