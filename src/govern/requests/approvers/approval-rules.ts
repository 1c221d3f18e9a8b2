import { z } from 'zod';
import { text } from '#kit/http/index.ts';
import type { Risk, StepKind } from '../model.ts';
import { isWithin, times } from './asked-when.ts';

const DATA_CLASSES = ['public', 'internal', 'confidential', 'restricted', 'unknown'] as const;
export type DataClassFact = (typeof DATA_CLASSES)[number];

/** What a rule may ask about a line. An absent condition holds for every line; an unknown one is refused, never dropped. */
const when = z.strictObject({
  privileged: z.boolean().optional(),
  risk: z
    .array(z.enum(['low', 'medium', 'high', 'critical']))
    .min(1)
    .optional(),
  systemIds: z.array(z.uuid()).min(1).optional(),
  /** Whether it causes a conflict of duties that is recorded, warned of or tolerated. */
  conflict: z.boolean().optional(),
  /** Any of these, of the entitlement or anything it brings along; `unknown`: of something nobody has said it. */
  dataClass: z.array(z.enum(DATA_CLASSES)).min(1).optional(),
  /** Any of these tags or regulations, of the entitlement or anything it brings along. */
  tags: z.array(text(100)).min(1).max(100).optional(),
  /** The risk of whom it is for themselves, by what is known of them: not that of what is asked for. */
  personRisk: z
    .array(z.enum(['low', 'medium', 'high', 'critical']))
    .min(1)
    .optional(),
  /** Kinds of whom it is for. */
  identityKinds: z
    .array(z.enum(['person', 'vendor', 'service', 'workload', 'agent']))
    .min(1)
    .optional(),
  /** Asked for longer than this, or without an end. */
  longerThanSeconds: z.int().positive().optional(),
  /** When it was asked for. */
  time: times.optional(),
  /** Whether it asks for being eligible, or for access. */
  eligibility: z.boolean().optional(),
});

/** The most approvals one step may want. */
const MOST = 5;
const approvals = z.int().min(1).max(MOST).optional();
const person = z.union(
  [
    z.enum(['manager', 'owner', 'system_owner']),
    z.strictObject({ named: z.array(z.uuid()).min(1).max(100), approvals }),
    z.strictObject({ holdersOf: z.uuid(), approvals }),
  ],
  {
    error:
      'is no step: write manager, owner, system_owner, { named: [ids], approvals: n } or { holdersOf: id of an entitlement or role, approvals: n }',
  },
);
const step = z.union([person, z.strictObject({ together: z.array(person).min(2).max(5) })], {
  error:
    'is no step: write manager, owner, system_owner, { named: [ids], approvals: n }, { holdersOf: id, approvals: n } or { together: [two to five of these] }',
});

const NO_STEP =
  'are automatic, or one to five steps: manager, owner, system_owner, { named: [ids], approvals: n }, { holdersOf: id, approvals: n } or { together: [two to five of these] }; nothing is given unasked';

/** The longest a sign-in holds: nothing older can be asked for. */
const LONGEST_SIGN_IN = 12 * 3600;
const controls = z.strictObject({
  /** A session starts only within so many seconds of a sign-in with a passkey or a second factor. */
  stepUpSeconds: z.int().min(60).max(LONGEST_SIGN_IN).optional(),
  /** A session lasts so many seconds at most. */
  sessionSeconds: z.int().min(60).optional(),
  /** One session at a time. */
  oneSession: z.literal(true).optional(),
  /** A session ends once it was not used for so many seconds. */
  idleSeconds: z.int().min(60).max(86_400).optional(),
  /** A session runs only while somebody who may watches it. It waits so many seconds for one, when it starts and when they leave. */
  observerSeconds: z.int().min(30).max(3600).optional(),
});

/** How somebody who is eligible activates: what is absent here is not asked again. */
const activation = z.strictObject({
  /** Whom to ask each time; absent: nobody, because being eligible was approved. */
  steps: z.array(step).min(1).max(5).optional(),
  /** The longest it is active at a time. */
  longestSeconds: z.int().min(60).optional(),
  /** Whoever activates proves afresh that it is them. */
  stepUp: z.boolean().optional(),
});

const rule = z
  .strictObject({
    when,
    /**
     * Whom to ask, in this order; the same person never decides two of them. `automatic`: given without asking anybody,
     * only for low risk that is not privileged, and never where it causes a conflict of duties.
     */
    steps: z.union([z.array(step).min(1, NO_STEP).max(5), z.literal('automatic')], { error: NO_STEP }),
    /** The longest time it may be asked for; absent: what the entitlement itself allows. */
    longestSeconds: z.int().positive().optional(),
    /** Whoever decides proves afresh that it is them: a passkey or a one-time code, for that request alone. */
    stepUp: z.boolean().optional(),
    /** What sessions have to meet that rest on what is given. */
    controls: controls.optional(),
    activation: activation.optional(),
  })
  .superRefine((value, ctx) => {
    const say = (path: (string | number)[], message: string) => ctx.addIssue({ code: 'custom', path, message });
    const tooMany = (path: string[], steps: readonly WantedStage[]): void => {
      steps.forEach((wanted, i) => {
        for (const one of askedIn(wanted)) {
          if (typeof one !== 'string' && 'named' in one && (one.approvals ?? 1) > new Set(one.named).size)
            say([...path, i], `wants ${one.approvals ?? 1} approvals of ${new Set(one.named).size} who are named`);
        }
      });
      if (seatsOf({ steps: [...steps] }).length > 10) say(path, 'wants more than ten approvals');
    };
    if (value.activation?.steps !== undefined) tooMany(['activation', 'steps'], value.activation.steps);
    if (value.steps === 'automatic') {
      if (value.when.risk?.join() !== 'low') say(['when', 'risk'], 'must be [low] where steps are automatic');
      if (value.when.privileged !== false) say(['when', 'privileged'], 'must be false where steps are automatic');
      if (value.when.conflict === true) say(['when', 'conflict'], 'cannot be true where steps are automatic');
      if (value.stepUp === true) say(['stepUp'], 'cannot be true where steps are automatic: nobody decides');
      return;
    }
    tooMany(['steps'], value.steps);
  });

/** One version of who approves what. The first rule whose conditions all hold decides about a line. */
export const approvalRules = z.strictObject({
  rules: z.array(rule).min(1).max(100),
  /** Hours until a reminder, then until the next in line is asked too. */
  dueHours: z.number().positive().max(1000),
  escalateHours: z.number().positive().max(1000),
  /** Which hours these are: of work, at the site of who is asked (absent), or all. */
  counting: z.enum(['working_hours', 'all_hours']).optional(),
  /** Days after which a request nobody decided is over. */
  expireDays: z.number().positive().max(365),
});
export type ApprovalRules = z.output<typeof approvalRules>;
export type ApprovalRule = ApprovalRules['rules'][number] & {
  /** Of the terms of an activation: the rule of the policy that says them. */
  readonly saidBy?: ApprovalRule;
};
/** Whom one decision is asked of. */
export type WantedStep = z.output<typeof person>;

/** What of a line the rules look at. */
export interface LineFacts {
  readonly privileged: boolean;
  readonly risk: Risk;
  readonly systemId: string | null;
  readonly dataClasses: readonly DataClassFact[];
  readonly tags: readonly string[];
  readonly identityKind: string;
  readonly personRisk: Risk;
  readonly conflict: boolean;
  /** How long it was asked for; null: without an end. */
  readonly seconds: number | null;
  readonly askedAt: Date;
  /** It asks for being eligible. */
  readonly eligibility: boolean;
  /** Whoever it is for is eligible, and activates. */
  readonly activation: boolean;
}

const anyOf = <T>(wanted: readonly T[] | undefined, found: readonly T[]): boolean =>
  wanted === undefined || found.some((x) => wanted.includes(x));

const holds = ({ when: w, steps }: ApprovalRule, line: LineFacts): boolean =>
  !(steps === 'automatic' && line.conflict) &&
  (w.eligibility === undefined || w.eligibility === line.eligibility) &&
  (w.privileged === undefined || w.privileged === line.privileged) &&
  anyOf<string>(w.risk, [line.risk]) &&
  anyOf(w.systemIds, line.systemId === null ? [] : [line.systemId]) &&
  (w.conflict === undefined || w.conflict === line.conflict) &&
  anyOf(w.dataClass, line.dataClasses) &&
  anyOf(w.tags, line.tags) &&
  anyOf<string>(w.identityKinds, [line.identityKind]) &&
  anyOf<string>(w.personRisk, [line.personRisk]) &&
  (w.longerThanSeconds === undefined || line.seconds === null || line.seconds > w.longerThanSeconds) &&
  (w.time === undefined || isWithin(w.time, line.askedAt));

/** Where no rule holds, both are asked: silence of a policy is not consent. */
const STRICTEST: ApprovalRule = { when: {}, steps: ['manager', 'owner'] };

/** The longest something is active at a time where nobody says otherwise. */
const LONGEST_ACTIVE = 8 * 3600;

/**
 * What a rule says of activating. Nobody is asked again where it names nobody; a conflict of duties, and the silence of
 * a policy, ask whom they would ask about access.
 */
const termsOfActivation = (rule: ApprovalRule, conflict: boolean): ApprovalRule => {
  const { activation } = rule;
  const again = rule === STRICTEST || conflict;
  return {
    ...rule,
    steps: activation?.steps ?? (again ? rule.steps : 'automatic'),
    longestSeconds: activation?.longestSeconds ?? rule.longestSeconds ?? LONGEST_ACTIVE,
    saidBy: rule,
  };
};

/** The rule that decides about a line; of an activation, what that rule says of activating. */
export const ruleFor = (rules: ApprovalRules, line: LineFacts): ApprovalRule => {
  const rule = rules.rules.find((candidate) => holds(candidate, line)) ?? STRICTEST;
  return line.activation ? termsOfActivation(rule, line.conflict) : rule;
};

/** The place of that rule in the policy, counted from one; 0 where none holds and the strictest is taken. */
export const placeOf = (rules: ApprovalRules, rule: ApprovalRule): number =>
  rules.rules.indexOf(rule.saidBy ?? rule) + 1;

/** What the rule said of a line when it was asked for, as far as is known of it. */
export const ruleOf = (
  rules: ApprovalRules,
  line: { readonly rule: number; readonly byEligibilityId: string | null; readonly sod: readonly unknown[] },
): ApprovalRule => {
  const rule = ruleAt(rules, line.rule);
  return line.byEligibilityId === null ? rule : termsOfActivation(rule, line.sod.length > 0);
};

/** The rule of that place, as `placeOf` counts. */
export const ruleAt = (rules: ApprovalRules, place: number): ApprovalRule => rules.rules[place - 1] ?? STRICTEST;

type WantedStage = Exclude<ApprovalRule['steps'], 'automatic'>[number];

const askedIn = (wanted: WantedStage): readonly WantedStep[] =>
  typeof wanted === 'object' && 'together' in wanted ? wanted.together : [wanted];

/** One approval that a rule wants: of whom, and in which of its stages. */
export interface Seat {
  readonly ask: WantedStep;
  readonly stage: number;
}

/** All approvals a rule wants, in order; those of one stage are asked for at the same time. */
export const seatsOf = (from: Pick<ApprovalRule, 'steps'>): Seat[] =>
  (from.steps === 'automatic' ? [] : from.steps).flatMap((wanted, stage) =>
    askedIn(wanted).flatMap((ask) =>
      // Rules are looked at as a whole also where a number in them is out of bounds: it must not be counted out.
      Array.from({ length: typeof ask === 'string' ? 1 : Math.min(MOST, ask.approvals ?? 1) }, () => ({ ask, stage })),
    ),
  );

/** Everybody and everything a policy names. */
export const namedIn = (
  rules: ApprovalRules,
): { readonly people: readonly string[]; readonly held: readonly string[] } => {
  const all = rules.rules.flatMap((r) =>
    [...seatsOf(r), ...seatsOf({ steps: r.activation?.steps ?? 'automatic' })].flatMap(({ ask }) =>
      typeof ask === 'string' ? [] : [ask],
    ),
  );
  return {
    people: [...new Set(all.flatMap((a) => ('named' in a ? a.named : [])))],
    held: [...new Set(all.flatMap((a) => ('holdersOf' in a ? [a.holdersOf] : [])))],
  };
};

/** What a step is called that asks this, about an entitlement or a role. */
export const kindOf = (ask: WantedStep, target: 'entitlement' | 'role'): StepKind =>
  typeof ask === 'string'
    ? ask === 'owner' && target === 'role'
      ? 'role_owner'
      : ask
    : 'named' in ask
      ? 'named'
      : 'holders';

/** The longest time of both limits; undefined where neither limits. */
export const shorterLimit = (a: number | null | undefined, b: number | null | undefined): number | undefined => {
  const limits = [a, b].filter((n): n is number => n !== null && n !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
};
