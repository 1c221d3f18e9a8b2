import { z } from 'zod';
import { defineJob, type Module } from '#spine/operations/contract.ts';
import { applyMassChange, undoMassChange, type KindOf } from './apply-mass-change.ts';
import { events } from './events.ts';
import type { MassKind } from './model.ts';
import { operations } from './operations.ts';
import { APPLY } from './plan-mass-change.ts';
import { policies } from './policies.ts';
import { UNDO } from './settle-held.ts';

/** Mass changes of the kinds the house has. Throws where two claim one name. */
export const massChangesModule = (kinds: readonly MassKind[]): Module => {
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  if (byName.size !== kinds.length) throw new Error('two kinds of mass change claim one name');
  const kindOf: KindOf = (name) => {
    const kind = byName.get(name);
    if (kind === undefined) throw new Error(`no kind of mass change is called ${name}`);
    return kind;
  };
  const input = z.object({ id: z.uuid() });
  return {
    name: 'mass_changes',
    operations: operations(kindOf, [...byName.keys()]),
    jobs: [
      defineJob({ name: APPLY, input, run: (job, { id }) => applyMassChange(job, kindOf, id) }),
      defineJob({ name: UNDO, input, run: (job, { id }) => undoMassChange(job, kindOf, id) }),
    ],
    events,
    policies,
  };
};
