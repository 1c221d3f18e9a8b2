import * as fc from 'fast-check';
import type { CedarValueJson, EntityJson, PolicyJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { Policies, Request } from './ask-cedar.ts';
import { ACTIONS, ENTITIES, expressions, long, name, string, uid } from './random-expressions.ts';

/** Random policies, entities and requests over the world of random-expressions.ts. */

const entityRef = uid.map((entity) => ({ entity }));
const scope = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ op: 'All' }) },
  ...[
    entityRef.map((e) => ({ op: '==', ...e })),
    entityRef.map((e) => ({ op: 'in', ...e })),
    fc.constantFrom('U', 'R', 'N::T').map((entity_type) => ({ op: 'is', entity_type })),
    fc
      .tuple(fc.constantFrom('U', 'R', 'N::T'), entityRef)
      .map(([entity_type, e]) => ({ op: 'is', entity_type, in: e })),
  ].map((arbitrary) => ({ weight: 1, arbitrary: arbitrary as fc.Arbitrary<unknown> })),
);
const action = fc.constantFrom(...ACTIONS);
const actionScope = fc.oneof(
  fc.constant({ op: 'All' }),
  action.map((entity) => ({ op: '==', entity })),
  action.map((entity) => ({ op: 'in', entity })),
  fc.array(action, { maxLength: 3 }).map((entities) => ({ op: 'in', entities })),
);

const conditions = fc.array(
  fc.record({
    kind: fc.constantFrom('when', 'unless'),
    body: fc.oneof(expressions(2)('bool'), expressions(4)('bool')),
  }),
  { maxLength: 2 },
);
// The generators write Cedar's JSON by hand; Cedar refuses what is none, and then the test fails.
const asPolicy = (p: unknown): PolicyJson => p as PolicyJson;
const named = (all: readonly PolicyJson[]): Policies => Object.fromEntries(all.map((p, i) => [`p${i}`, p]));

/** Permits and forbids with every kind of head. */
export const policies: fc.Arbitrary<Policies> = fc
  .array(
    fc
      .record({
        effect: fc.oneof(
          { weight: 3, arbitrary: fc.constant('permit') },
          { weight: 1, arbitrary: fc.constant('forbid') },
        ),
        principal: scope,
        action: actionScope,
        resource: scope,
        conditions: fc.oneof(fc.constant([]), conditions),
      })
      .map(asPolicy),
    { minLength: 1, maxLength: 12 },
  )
  .map(named);

/** Open permits: every condition is evaluated and each answer shows, which makes the most of a question. */
export const openPermits: fc.Arbitrary<Policies> = fc
  .array(
    expressions(3)('bool').map((body) =>
      asPolicy({
        effect: 'permit',
        principal: { op: 'All' },
        action: { op: 'All' },
        resource: { op: 'All' },
        conditions: [{ kind: 'when', body }],
      }),
    ),
    { minLength: 10, maxLength: 40 },
  )
  .map(named);

const value: fc.Arbitrary<CedarValueJson> = fc.letrec<{ value: CedarValueJson }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.oneof(
      fc.boolean(),
      long,
      string,
      uid.map((u) => ({ __entity: u })),
      fc.constantFrom<CedarValueJson>(
        { __extn: { fn: 'ip', arg: '10.0.0.1' } },
        { __extn: { fn: 'decimal', arg: '1.5' } },
        { __extn: { fn: 'datetime', arg: '2024-02-29' } },
        { __extn: { fn: 'duration', arg: '1h' } },
      ),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(name, tie('value')), { maxLength: 3, selector: ([n]) => n })
      .map((fields) => Object.fromEntries(fields)),
  ),
})).value;
const fields = fc
  .uniqueArray(fc.tuple(name, value), { maxLength: 6, selector: ([n]) => n })
  .map((f): Record<string, CedarValueJson> => Object.fromEntries(f));

/** A parent always stands later in the list than its child, for Cedar refuses cycles. */
export const entities: fc.Arbitrary<EntityJson[]> = fc
  .tuple(
    fc.shuffledSubarray([...ENTITIES, ...ACTIONS]),
    fc.infiniteStream(fc.record({ attrs: fields, tags: fields, parents: fc.array(fc.nat(5), { maxLength: 3 }) })),
  )
  .map(([uids, stream]) =>
    uids.map((u, i): EntityJson => {
      const { attrs, tags, parents } = stream.next().value;
      const above = parents
        .flatMap((p: number) => uids[i + 1 + p] ?? [])
        .filter((parent: TypeAndId) => u.type !== 'Action' || parent.type === 'Action');
      return u.type === 'Action' ? { uid: u, attrs: {}, parents: above } : { uid: u, attrs, tags, parents: above };
    }),
  );

export const request: fc.Arbitrary<Request> = fc.record({
  principal: fc.constantFrom(...ENTITIES),
  action,
  resource: fc.constantFrom(...ENTITIES),
  context: fields,
});
