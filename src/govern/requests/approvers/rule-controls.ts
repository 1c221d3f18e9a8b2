import { uniteControls, type GrantControls } from '#spine/graph/index.ts';
import { placeOf, ruleAt, type ApprovalRule, type ApprovalRules } from './approval-rules.ts';

/** What a rule asks of sessions that rest on what is given by it. */
export const controlsOf = ({ controls }: Pick<ApprovalRule, 'controls'>): GrantControls => ({
  stepUpSeconds: controls?.stepUpSeconds ?? null,
  sessionSeconds: controls?.sessionSeconds ?? null,
  oneSession: controls?.oneSession ?? false,
  idleSeconds: controls?.idleSeconds ?? null,
  observerSeconds: controls?.observerSeconds ?? null,
});

/** What a line is given under: what was asked of it when it was asked for and what is by now, the stricter of two. */
export const controlsFor = (
  rules: ApprovalRules,
  line: { readonly rule: number | null },
  now: ApprovalRule | undefined,
): GrantControls => {
  const asked = line.rule === null ? undefined : ruleAt(rules, line.rule);
  return uniteControls([asked, now].flatMap((rule) => (rule === undefined ? [] : [controlsOf(rule)])));
};

/** Where it is said what a grant is under, and what grew since it was asked for. */
export const saysWho = (
  request: { readonly policyNumber: number },
  rules: ApprovalRules,
  now: ApprovalRule | undefined,
  grew: string,
): string =>
  `approval policy ${request.policyNumber}, rule ${now === undefined ? 0 : placeOf(rules, now)}${grew === '' ? '' : `: ${grew}`}`;
