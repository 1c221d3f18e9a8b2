import { isDeepStrictEqual } from 'node:util';
import type { EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import { newEnforcer, newModelFromString, type Enforcer } from 'casbin';
import { CompiledPolicies } from '../src/spine/decide/engine/compiled-policies.ts';
import {
  askCedar,
  askReeve,
  readEntities,
  readPolicies,
  readRequest,
  type Request,
} from '../src/spine/decide/engine/reference/ask-cedar.ts';
import type { BenchLine } from './report.ts';

/**
 * How many decisions a second the engine makes, beside casbin on the same policies in the same run, and beside Cedar.
 * A decision starts at plain objects, as a loader hands them over, and ends at a verdict, for all three. Every
 * question is first asked of all three, and one differing verdict fails the run.
 */

const QUESTIONS = 2_000;
const ROUNDS = 5;
const ROUND_MS = 400;
/** The bar: Reeve makes at least this many times casbin's decisions. */
const BAR = 10;

interface Subject {
  readonly department: string;
  readonly level: number;
  readonly state: string;
  readonly roles: readonly string[];
}
interface Thing {
  readonly department: string;
  readonly sensitivity: number;
  readonly system: string;
}
interface Question {
  readonly subject: Subject;
  readonly thing: Thing;
  readonly action: string;
}

/** One policy in both languages. */
interface Policy {
  readonly cedar: string;
  readonly casbin: readonly [rule: string, action: string, effect: 'allow' | 'deny'];
}

const DEPARTMENTS = ['finance', 'sales', 'it', 'hr', 'legal'];
const ROLES = ['viewer', 'operator', 'owner', 'auditor', 'oncall'];
const SYSTEMS = ['web', 'db', 'erp', 'mail'];
const pick = <T>(from: readonly T[], i: number): T => {
  const found = from[i % from.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

/** `actions` names what each policy is about; undefined makes all of them about any action, where no index can help. */
const policiesOf = (count: number, actions: number | undefined): Policy[] =>
  Array.from({ length: count }, (_, i): Policy => {
    // One in ten forbids, for every action, what no department may: the others permit.
    const forbids = i % 10 === 9;
    const action = forbids || actions === undefined ? undefined : `a${i % actions}`;
    const [department, role, system] = [pick(DEPARTMENTS, i), pick(ROLES, i + 2), pick(SYSTEMS, i)];
    const level = i % 7;
    const head = `${forbids ? 'forbid' : 'permit'}(principal is Person, action${action === undefined ? '' : ` == Action::"${action}"`}, resource is Thing)`;
    const cedar = forbids
      ? `${head} when { principal.state != "active" && resource.sensitivity >= ${level} };`
      : `${head} when { principal.department == "${department}" && resource.department == principal.department && principal.level >= ${level} && (resource.sensitivity < 3 || principal.roles.contains("${role}")) && resource.system == "${system}" };`;
    const rule = forbids
      ? `r.sub.state != "active" && r.obj.sensitivity >= ${level}`
      : `r.sub.department == "${department}" && r.obj.department == r.sub.department && r.sub.level >= ${level} && (r.obj.sensitivity < 3 || holds(r.sub.roles, "${role}")) && r.obj.system == "${system}"`;
    return { cedar, casbin: [rule, action ?? '*', forbids ? 'deny' : 'allow'] };
  });

/** A fixed sequence (mulberry32), so that two runs ask the same. */
const randomly = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

const questionsOf = (actions: number): Question[] => {
  const random = randomly(42);
  const any = <T>(from: readonly T[]): T => pick(from, Math.floor(random() * from.length));
  return Array.from({ length: QUESTIONS }, () => {
    const department = any(DEPARTMENTS);
    return {
      subject: {
        department,
        level: Math.floor(random() * 8),
        state: random() < 0.9 ? 'active' : 'leaver',
        roles: ROLES.filter(() => random() < 0.4),
      },
      thing: {
        department: random() < 0.7 ? department : any(DEPARTMENTS),
        sensitivity: Math.floor(random() * 6),
        system: any(SYSTEMS),
      },
      action: `a${Math.floor(random() * actions)}`,
    };
  });
};

const PRINCIPAL = { type: 'Person', id: 'p' };
const RESOURCE = { type: 'Thing', id: 't' };
const inCedar = ({ subject, thing, action }: Question): { entities: EntityJson[]; request: Request } => ({
  entities: [
    { uid: PRINCIPAL, attrs: { ...subject, roles: [...subject.roles] }, parents: [] },
    { uid: RESOURCE, attrs: { ...thing }, parents: [] },
  ],
  request: { principal: PRINCIPAL, action: { type: 'Action', id: action }, resource: RESOURCE, context: {} },
});

const MODEL = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub_rule, act, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (p.act == "*" || r.act == p.act) && eval(p.sub_rule)
`;

const casbinWith = async (policies: readonly Policy[]): Promise<Enforcer> => {
  const enforcer = await newEnforcer(newModelFromString(MODEL));
  await enforcer.addFunction('holds', (roles: unknown, role: unknown) => Array.isArray(roles) && roles.includes(role));
  await enforcer.addPolicies(policies.map(({ casbin }) => [...casbin]));
  return enforcer;
};

/** Calls a second, the median of several rounds that take turns, so that all contenders meet the same weather. */
const race = (contenders: Readonly<Record<string, (i: number) => void>>): Map<string, number> => {
  const rounds = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, call] of Object.entries(contenders)) {
      const start = performance.now();
      let calls = 0;
      while (performance.now() - start < ROUND_MS) for (let k = 0; k < 20; k += 1, calls += 1) call(calls % QUESTIONS);
      // The first round warms up.
      if (round > 0) rounds.get(name)?.push((calls / (performance.now() - start)) * 1000);
    }
  }
  return new Map(
    [...rounds].map(([name, rates]) => [name, rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0]),
  );
};

const benchCase = async (name: string, count: number, policyActions: number | undefined): Promise<BenchLine[]> => {
  const policies = policiesOf(count, policyActions);
  const text = policies.map(({ cedar }) => cedar).join('\n');
  const questions = questionsOf(policyActions ?? 4);
  const asked = questions.map(inCedar);
  const compiled = new CompiledPolicies(readPolicies(text));
  const casbin = await casbinWith(policies);
  const enforce = ({ subject, thing, action }: Question): boolean => casbin.enforceSync(subject, thing, action);

  let allowed = 0;
  questions.forEach((question, i) => {
    const { entities, request } = asked[i] ?? inCedar(question);
    const cedar = askCedar(text, entities, request);
    const reeve = askReeve(compiled, entities, request);
    if (!isDeepStrictEqual(cedar, reeve))
      throw new Error(
        `decide: Reeve says ${JSON.stringify(reeve)}, Cedar ${JSON.stringify(cedar)}, of ${JSON.stringify(question)}`,
      );
    if (enforce(question) !== (cedar.decision === 'allow'))
      throw new Error(`decide: casbin differs, so the policies are not the same: ${JSON.stringify(question)}`);
    if (cedar.decision === 'allow') allowed += 1;
  });
  if (allowed === 0 || allowed === QUESTIONS)
    throw new Error('decide: every question has the same answer, which measures nothing');

  const at = <T>(from: readonly T[], i: number): T => pick(from, i);
  const rates = race({
    reeve: (i) => {
      const { entities, request } = at(asked, i);
      compiled.answer(readRequest(readEntities(entities), request));
    },
    casbin: (i) => {
      enforce(at(questions, i));
    },
  });
  const reeve = rates.get('reeve') ?? 0;
  const baseline = rates.get('casbin') ?? 0;
  const ratio = reeve / baseline;
  if (policyActions !== undefined && ratio < BAR)
    throw new Error(`decide: ${name} made ${ratio.toFixed(1)} times casbin's decisions, the bar is ${BAR}`);
  const line = { bench: 'decide', case: name, baseline: null, ratio: null };
  return [
    {
      ...line,
      metric: 'decisions_per_second',
      value: Math.round(reeve),
      unit: '1/s',
      baseline: Math.round(baseline),
      ratio: Number(ratio.toFixed(1)),
    },
    { ...line, metric: 'verdicts_identical_to_cedar', value: QUESTIONS, unit: `of ${QUESTIONS}` },
    { ...line, metric: 'allowed', value: allowed, unit: `of ${QUESTIONS}` },
  ];
};

export const run = async (): Promise<readonly BenchLine[]> => [
  ...(await benchCase('20 policies', 20, 4)),
  ...(await benchCase('200 policies', 200, 40)),
  // The worst case, no bar on it: every policy is about every action and must be evaluated.
  ...(await benchCase('200 policies, any action', 200, undefined)),
];
