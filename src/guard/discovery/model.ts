/** What a finding is, and what a rule says of an observation. Pure. */
import type { Observation } from '#connectors/port.ts';

export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** What brings a finding under control: the account's credential being in the vault, or only a change of the thing itself. */
export type RestsOn = 'credential' | 'thing';

/** What a rule makes of an observation. */
export interface Judgement {
  readonly kind: string;
  readonly severity: Severity;
  /** True where it gives power; false where it makes power, or an account, easy to take. */
  readonly power: boolean;
  readonly restsOn: RestsOn;
  /** One sentence: why this account is privileged. */
  readonly reason: string;
  /** The entitlement whose holding it is, by native id: what a removal takes away. */
  readonly entitlement?: string;
  /** What a person does to remove it, where Reeve has no operation that could. */
  readonly byHand?: string;
  /** Tells it from others of its kind about the same account; that of the observation where absent. */
  readonly about?: string;
}

/** What a rule may know besides the observation. */
export interface Surroundings {
  /** How powerful an account is by what was found before; undefined for one with no power. */
  powerOf(account: string): Severity | undefined;
  /** The account Reeve works with there. */
  readonly management: string;
  /** Days after which a password is stale, and an unused account dormant. */
  readonly staleDays: number;
  readonly dormantDays: number;
  readonly now: Date;
}

export type Rule = (observation: Observation, around: Surroundings) => readonly Judgement[];

/** One privileged path: account → reason → evidence → severity. Account, kind and about tell it from every other on its system. */
export interface PrivilegePath extends Judgement {
  readonly account: string;
  readonly about: string;
  readonly evidence: string;
}

export const keyOf = (path: Pick<PrivilegePath, 'account' | 'kind' | 'about'>): string =>
  JSON.stringify([path.account, path.kind, path.about]);

export const worse = (a: Severity | undefined, b: Severity | undefined): Severity | undefined =>
  a === undefined ? b : b === undefined ? a : severities.indexOf(a) <= severities.indexOf(b) ? a : b;

export const texts = (fact: unknown): readonly string[] =>
  Array.isArray(fact) ? fact.filter((one): one is string => typeof one === 'string') : [];
export const said = (fact: unknown): string => (typeof fact === 'string' ? fact : '');
