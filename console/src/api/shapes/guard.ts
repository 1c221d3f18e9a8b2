import type { Ref, Risk } from './common.ts';
import type { Item, Out } from './of-contract.ts';

export type Session = Item<'sessions.list'>;
export type SessionDetail = Out<'sessions.show'>;
export type Secret = Item<'vault.list'>;
export type Rotation = Item<'rotations.list'>;
export type Finding = Item<'findings.list'>;

export interface SodRule {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: Risk;
  readonly left: { readonly name: string; readonly entitlements: Ref[] };
  readonly right: { readonly name: string; readonly entitlements: Ref[] };
  readonly violations: number;
  readonly enabled: boolean;
}

export interface SodViolation {
  readonly id: string;
  readonly rule: Ref;
  readonly severity: Risk;
  readonly identity: Ref;
  readonly left: string[];
  readonly right: string[];
  readonly bothUsed: boolean | null;
  readonly since: string;
  readonly state: 'open' | 'excepted' | 'resolved';
}
