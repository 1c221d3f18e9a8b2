import type { Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { loadCover } from '../deputies/cover.ts';
import type { Target } from '../lines/find-targets.ts';
import type { StepKind } from '../model.ts';
import { kindOf, seatsOf, type ApprovalRule, type WantedStep } from './approval-rules.ts';
import { canAllBeDecided, type Voice } from './distinct-deciders.ts';
import {
  holdersOf,
  lastInLine,
  managerOf,
  namedOnes,
  ownerOf,
  voicesOf,
  whoBenefits,
  type Approvers,
  type Asking,
} from './find-approvers.ts';

/** One decision to be taken, by one of these people, about these lines. */
export interface PlannedStep extends Approvers {
  readonly kind: StepKind;
  /** Steps of one stage are asked for at the same time. */
  readonly stage: number;
  /** Positions of the lines it is about. */
  readonly lines: readonly number[];
}

/** A line to be decided about, and the rule that says by whom. */
export interface PlannedLine {
  readonly target: Target;
  readonly rule: ApprovalRule;
}

interface Wanted {
  readonly ask: WantedStep;
  readonly kind: StepKind;
  readonly lines: number[];
  readonly target: Target;
  readonly order: number;
  /** Wanted at the same time as the others of its group. */
  readonly group: string;
}

/** Who answers for a target, as a step asks for it. A role has no system: its owner answers for it. */
export const ownersAsked = (kind: StepKind, target: Target): Target['owners'] =>
  kind === 'system_owner' && target.kind === 'entitlement' ? target.owners.slice(1) : target.owners;

const whoseDecision = (ask: WantedStep, kind: StepKind, target: Target): string =>
  ask === 'manager'
    ? 'manager'
    : typeof ask === 'string'
      ? `owner ${ownersAsked(kind, target)
          .map((o) => o.id)
          .join(' ')}`
      : JSON.stringify(ask);

/** Lines that want the same decision share it: one step a manager, one an owner, one for each of several approvals. */
const wantedSteps = (lines: readonly PlannedLine[]): Wanted[] => {
  const wanted = new Map<string, Wanted>();
  lines.forEach(({ target, rule }, line) => {
    const times = new Map<string, number>();
    const seats = seatsOf(rule);
    for (const { ask, stage } of seats) {
      const kind = kindOf(ask, target.kind);
      const whose = whoseDecision(ask, kind, target);
      const time = (times.get(whose) ?? 0) + 1;
      times.set(whose, time);
      const who = `${whose} ${time}`;
      const known = wanted.get(who);
      if (known !== undefined) {
        known.lines.push(line);
        continue;
      }
      const alone = seats.filter((s) => s.stage === stage).length === 1;
      const group = alone ? who : `${JSON.stringify(rule)} ${stage}`;
      wanted.set(who, { ask, kind, lines: [line], target, order: stage, group });
    }
  });
  const sorted = [...wanted.values()].sort((a, b) => a.order - b.order);
  const groups = [...new Set(sorted.map((w) => w.group))];
  return groups.flatMap((group) => sorted.filter((w) => w.group === group));
};

/**
 * Who must approve, in which order. Nobody who asked or benefits is in it, and nobody who would be the only one of
 * two steps; where those asked are too few, those last in line are asked too. Throws `request.nobody_can_approve`
 * rather than let a request wait for no one.
 */
export const planApprovals = async (
  tx: Tx,
  ask: { readonly requesterId: string; readonly beneficiaryId: string },
  lines: readonly PlannedLine[],
): Promise<PlannedStep[]> => {
  const cover = await loadCover(tx);
  const taken = new Set(await whoBenefits(tx, ask.requesterId, ask.beneficiaryId));
  const steps: PlannedStep[] = [];
  const voices: Voice[][] = [];
  const groups: string[] = [];
  for (const wanted of wantedSteps(lines)) {
    const { kind } = wanted;
    const deputiesOf = cover(
      kind,
      wanted.lines.flatMap((at) => lines[at]?.target ?? []),
    );
    const asking: Asking = { not: taken, deputiesOf };
    const found = await enough(tx, asking, voices, await approversOf(tx, wanted, ask.beneficiaryId, asking));
    if (found === undefined)
      throw conflict(
        'request.nobody_can_approve',
        `nobody is there who could take the decision of the ${kind.replace('_', ' ')}: everybody who could asked for it, benefits from it, decides another step or is absent`,
        'appoint another administrator or owner, then ask again',
      );
    if (groups.at(-1) !== wanted.group) groups.push(wanted.group);
    steps.push({ ...found, kind, lines: wanted.lines, stage: groups.length });
    voices.push(await voicesOf(tx, found.ids, asking));
    const [only] = found.ids;
    if (found.ids.length === 1 && only !== undefined) taken.add(only);
  }
  return steps;
};

/** Those found where all steps so far can be decided with them, else with those last in line; undefined: not even then. */
const enough = async (
  tx: Tx,
  asking: Asking,
  voices: readonly (readonly Voice[])[],
  found: Approvers | undefined,
): Promise<Approvers | undefined> => {
  if (found === undefined) return undefined;
  const works = async (ids: readonly string[]): Promise<boolean> =>
    canAllBeDecided([...voices, await voicesOf(tx, ids, asking)]);
  if (await works(found.ids)) return found;
  const more = await lastInLine(tx, { ...asking, not: new Set([...asking.not, ...found.ids]) }, '');
  const ids = [...found.ids, ...(more?.ids ?? [])];
  return more !== undefined && (await works(ids))
    ? { ids, because: `${found.because}; others too, because those are too few` }
    : undefined;
};

const approversOf = async (
  tx: Tx,
  { ask, kind, target }: Wanted,
  beneficiaryId: string,
  asking: Asking,
): Promise<Approvers | undefined> => {
  if (ask === 'manager') return await managerOf(tx, beneficiaryId, asking);
  if (typeof ask === 'string') return await ownerOf(tx, ownersAsked(kind, target), asking);
  return 'named' in ask ? await namedOnes(tx, ask.named, asking) : await holdersOf(tx, ask.holdersOf, asking);
};
