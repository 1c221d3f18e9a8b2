/** <Kind of system> over <protocol>. See README.md for the native ids, the settings and what Reeve's account needs there. */
import { z } from 'zod';
import { TargetError, type Change, type ChangePreview, type Connector, type Reading, type Target } from '../port.ts';

/** Settings of this kind. Every key has a working default; unknown keys are refused. */
const templateSettings = z.strictObject({
  /** Longest time one call may take, in seconds. */
  timeoutSeconds: z.int().min(1).max(300).default(30),
});

export const templateConnector: Connector = {
  kind: 'template',
  settings: templateSettings,
  credentials: ['password'],

  async probe(target) {
    if (target.pinned.length === 0) return notWritten('show what there is to pin, without sending a credential');
    return withTarget(target, () => notWritten('tell the version, which proves the credential'));
  },

  read: (target) => withTarget(target, async () => buildReading(await look())),

  readAccount: (target, account) =>
    withTarget(target, async () => {
      const { accounts, holdings } = buildReading(await look());
      const found = accounts.find((one) => one.nativeId === account);
      return (
        found && {
          account: found,
          holdings: holdings.filter((row) => row.account === account).map((row) => row.entitlement),
        }
      );
    }),

  async preview(target, change) {
    checkNames(change);
    return withTarget(target, async () => {
      const { summary, needed } = planChange(await look(), change);
      return { summary, needed };
    });
  },

  async apply(target, change) {
    checkNames(change);
    return withTarget(target, async () => {
      const plan = planChange(await look(), change);
      if (plan.needed) await plan.carryOut();
      return { changed: plan.needed };
    });
  },

  verify: async () => notWritten('log in once as the credential'),
};

/** Everything the target said that a reading or a change depends on, parsed. */
type TargetState = Readonly<Record<string, never>>;

interface Plan extends ChangePreview {
  carryOut(): Promise<void>;
}

/** Opens one connection to the pinned target, and closes it whatever happens. */
async function withTarget<Result>(target: Target, work: () => Promise<Result>): Promise<Result> {
  const settings = templateSettings.safeParse(target.settings);
  if (!settings.success) throw new TargetError('unsupported', 'settings of this target are wrong');
  if (target.pinned.length === 0)
    throw new TargetError('untrusted', `${target.host} is not pinned; nothing was sent to it`);
  return work();
}

const look = async (): Promise<TargetState> => notWritten('read the target in one round trip');

const buildReading = (_state: TargetState): Reading =>
  notWritten('turn the state into accounts, entitlements and holdings');

const planChange = (_state: TargetState, _change: Change): Plan => notWritten('decide what the change needs');

/** Refuses every name this kind of system could mistake for something else, before anything is sent. */
function checkNames(change: Change): void {
  if (!/^[a-z][a-z0-9_-]{0,31}$/u.test(change.account)) throw new TargetError('refused', 'that is not an account name');
}

function notWritten(what: string): never {
  throw new TargetError('unsupported', `this connector cannot yet ${what}`);
}
