import { TargetError, type Connector, type ReadAccount, type Target, type Targets } from '#connectors/port.ts';

/** Targets in memory: accounts by name on every system, and what was asked of them. */
export interface FakeTargets extends Targets {
  readonly accounts: Map<string, 'active' | 'locked'>;
  /** Set to make the next calls fail. */
  trouble: TargetError | undefined;
  readonly locked: string[];
  readonly opened: string[];
}

export function fakeTargets(names: readonly string[]): FakeTargets {
  const accounts = new Map<string, 'active' | 'locked'>(names.map((name) => [name, 'active']));
  const locked: string[] = [];
  const opened: string[] = [];
  const read = (name: string): { account: ReadAccount; holdings: readonly string[] } | undefined => {
    const state = accounts.get(name);
    if (state === undefined) return undefined;
    const account: ReadAccount = {
      nativeId: name,
      name,
      state,
      kind: 'personal',
      attributes: {},
      privilegedBecause: [],
    };
    return { account, holdings: [] };
  };
  const fake: FakeTargets = {
    accounts,
    locked,
    opened,
    trouble: undefined,
    use: async (_systemId, work) => {
      if (fake.trouble !== undefined) throw fake.trouble;
      const connector = {
        kind: 'fake',
        readAccount: (_target: Target, name: string) => Promise.resolve(read(name)),
        apply: (_target: Target, change: { readonly do: string; readonly account: string }) => {
          if (change.do !== 'lock_account' && change.do !== 'unlock_account')
            throw new TargetError('unsupported', change.do);
          const [state, done] =
            change.do === 'lock_account' ? (['locked', locked] as const) : (['active', opened] as const);
          const changed = accounts.get(change.account) !== state;
          accounts.set(change.account, state);
          done.push(change.account);
          return Promise.resolve({ changed });
        },
      } as unknown as Connector;
      return await work(connector, {} as Target);
    },
  };
  return fake;
}
