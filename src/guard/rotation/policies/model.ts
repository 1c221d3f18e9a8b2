import { z } from 'zod';
import { DEFAULT_RULES, generatorRules, type GeneratorRules } from '../generate-value.ts';
import { timeWindow, type TimeWindow } from './time-window.ts';

/** When credentials are rotated and checked, and what new ones are like. */
export interface Policy {
  /** Days after which a credential is rotated; null: it does not age. */
  readonly maxAgeDays: number | null;
  /** Sessions after which it is rotated; null: it is not used up. */
  readonly maxUses: number | null;
  readonly afterCheckout: boolean;
  /** Whether somebody leaving, or losing access, rotates what they have seen. */
  readonly afterLeaver: boolean;
  readonly checkEveryHours: number;
  /** What follows where a credential was changed behind Reeve's back. */
  readonly onDrift: 'repair' | 'report';
  readonly generator: GeneratorRules;
  /** When what is due by age or use is done; null: at once. */
  readonly window: TimeWindow | null;
}

/** Of whatever nobody said anything else about. */
export const HOUSE_POLICY: Policy = {
  maxAgeDays: null,
  maxUses: null,
  afterCheckout: true,
  afterLeaver: true,
  checkEveryHours: 24,
  onDrift: 'repair',
  generator: DEFAULT_RULES,
  window: null,
};

/** A policy as it is set: what is left out is as the house has it. */
export const policyFields = {
  maxAgeDays: z.int().min(1).max(3650).nullable().default(HOUSE_POLICY.maxAgeDays),
  maxUses: z.int().min(1).max(100_000).nullable().default(HOUSE_POLICY.maxUses),
  afterCheckout: z.boolean().default(HOUSE_POLICY.afterCheckout),
  afterLeaver: z.boolean().default(HOUSE_POLICY.afterLeaver),
  checkEveryHours: z.int().min(1).max(720).default(HOUSE_POLICY.checkEveryHours),
  onDrift: z.enum(['repair', 'report']).default(HOUSE_POLICY.onDrift),
  generator: generatorRules.default(HOUSE_POLICY.generator),
  window: timeWindow.nullable().default(HOUSE_POLICY.window),
};

/** A policy with what it is of; neither system nor account: the house. */
export interface KeptPolicy extends Policy {
  readonly id: string;
  readonly systemId: string | null;
  readonly accountId: string | null;
  readonly setAt: Date;
}
