import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { invalid, notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import {
  conflictsThatWouldChange,
  describeConflict,
  findConflicts,
  heldFromNowOn,
  PLATFORM,
  type ConflictChange,
  type SodConflict,
} from '#spine/decide/index.ts';
import { findIdentityByUsername, getIdentities, getIdentity, getRole } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { tryRole } from '#govern/role-versions/index.ts';
import { peopleInConflict } from './find-violations.ts';
import { compareRulesWhole } from './import-rules.ts';
import { entitlementsNamed } from './name-entitlements.ts';

/** How many people are named; all are counted. */
const NAMED = 100;

const conflictOut = z.object({
  ruleId: z.uuid().nullable(),
  rule: z.string(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  mode: z.enum(['record', 'warn', 'enforce']),
  summary: z.string(),
  validFrom: instantOut,
  validTo: instantOut.nullable(),
  sides: z.array(z.object({ function: z.string(), paths: z.array(z.array(z.string())) })),
});
const whatIfIn = z.object({
  identity: text(200).optional().describe('whose access would change: id or username'),
  gives: z
    .array(
      z.object({
        entitlementId: z.uuid().optional(),
        roleId: z.uuid().optional(),
        validFrom: instantIn.optional(),
        validTo: instantIn.optional(),
      }),
    )
    .max(200)
    .default([]),
  endsGrantIds: z.array(z.uuid()).max(200).default([]),
  role: z
    .object({
      id: z.uuid(),
      entitlements: z.array(text(300)).max(10_000).describe('all it would contain: ids, or <system>:<native id>'),
      roleIds: z.array(z.uuid()).max(1000).default([]),
    })
    .optional()
    .describe('or: what a role would contain, for all who have it'),
  file: z
    .object({ yaml: z.string().min(1).optional(), csv: z.string().min(1).optional() })
    .optional()
    .describe('or: a file of rules, for everybody'),
});
type WhatIf = z.output<typeof whatIfIn>;

const shown = (conflict: SodConflict, stored = true): z.input<typeof conflictOut> => ({
  ruleId: stored ? conflict.rule.id : null,
  rule: conflict.rule.name,
  severity: conflict.rule.severity,
  mode: conflict.rule.mode,
  summary: describeConflict(conflict),
  validFrom: conflict.validFrom,
  validTo: conflict.validTo,
  sides: conflict.sides.map((side) => ({
    function: side.function,
    paths: side.access.map(({ path }) => path.map((step) => step.name)),
  })),
});

const whoever = async (tx: Tx, idOrUsername: string): Promise<string> => {
  const found = z.uuid().safeParse(idOrUsername).success
    ? await getIdentity(tx, idOrUsername)
    : await findIdentityByUsername(tx, idOrUsername);
  if (found === undefined) throw notFound('identity', idOrUsername);
  return found.id;
};

const ofPerson = async (tx: Tx, { identity, gives, endsGrantIds }: WhatIf): Promise<readonly ConflictChange[]> => {
  const odd = gives.findIndex((g) => (g.entitlementId === undefined) === (g.roleId === undefined));
  if (odd >= 0) throw invalid(`/gives/${odd}`, 'names an entitlement or a role', 'name one of the two');
  const proposed = gives.map((g) => ({ ...g, validFrom: g.validFrom ?? tx.now, validTo: g.validTo ?? null }));
  return await conflictsThatWouldChange(tx, [
    { identityId: await whoever(tx, identity ?? ''), gives: proposed, endsGrantIds },
  ]);
};

const ofRole = async (tx: Tx, { id, entitlements, roleIds }: NonNullable<WhatIf['role']>) => {
  if ((await getRole(tx, id)) === undefined) throw notFound('role', id);
  const named = await entitlementsNamed(tx, entitlements);
  const unknown = entitlements.find((name) => !named.has(name));
  if (unknown !== undefined)
    throw invalid('/role/entitlements', `${unknown} is nothing or more than one thing`, 'write <system>:<native id>');
  return await tryRole(tx, { role: id, entitlementIds: [...new Set(named.values())], roleIds });
};

/** Who would come into conflict with the rules of a file, or out of it: for each, with the ways to each side. */
const ofFile = async (tx: Tx, { yaml, csv }: NonNullable<WhatIf['file']>): Promise<readonly ConflictChange[]> => {
  if ((yaml === undefined) === (csv === undefined))
    throw invalid('/file', 'is YAML or CSV', 'send the file as one of the two');
  const compared = await compareRulesWhole(tx, yaml === undefined ? { csv: csv ?? '' } : { yaml });
  const found = new Map<string, { comes: SodConflict[]; clears: SodConflict[] }>();
  const add = async (people: readonly string[], side: 'comes' | 'clears', rule: SodConflict['rule']): Promise<void> => {
    const held = await heldFromNowOn(tx, people.slice(0, NAMED), [rule]);
    for (const identityId of people) {
      const own = found.get(identityId) ?? { comes: [], clears: [] };
      found.set(identityId, own);
      own[side].push(...findConflicts([rule], held.get(identityId) ?? []));
    }
  };
  for (const { known, to, outcome } of compared) {
    if (outcome === 'unchanged') continue;
    const before = new Set(known === undefined ? [] : await peopleInConflict(tx, [known]));
    // In a file an empty condition is none.
    const condition = to.personCondition === '' ? undefined : to.personCondition;
    const made = { ...to, id: known?.id ?? '', personCondition: condition };
    const after = new Set(await peopleInConflict(tx, [made]));
    await add(
      [...after].filter((id) => !before.has(id)),
      'comes',
      made,
    );
    if (known !== undefined)
      await add(
        [...before].filter((id) => !after.has(id)),
        'clears',
        known,
      );
  }
  return [...found].map(([identityId, own]) => ({ identityId, ...own }));
};

/** The one question before access changes: which conflicts of duties would come, and which would go. */
export const whatIfAccess = defineOperation({
  name: 'sod.whatIf',
  action: 'sod.check',
  kind: 'read',
  method: 'POST',
  path: '/v1/sod/what-if',
  summary:
    'Which conflicts of duties a change would make and clear, with the ways: of a person, a role, or a file of rules',
  description:
    'Name one of: a person with what they would get and which grants would end; a role with all it would contain; a file of rules. Everybody may ask about themself, a manager about their people, and who runs or audits Reeve about all.',
  input: whatIfIn,
  output: z.object({
    comes: z.int().describe('how many people would come into conflict'),
    clears: z.int(),
    blocked: z.int().describe('of those who come into conflict, with a rule that refuses'),
    people: z.array(
      z.object({
        person: z.object({ id: z.uuid(), name: z.string() }),
        comes: z.array(conflictOut),
        clears: z.array(conflictOut),
      }),
    ),
  }),
  maxBody: 32 * 1024 * 1024,
  resource: async ({ identity, role, file }, tx) =>
    identity === undefined || role !== undefined || file !== undefined
      ? PLATFORM
      : { type: 'Identity', id: await whoever(tx, identity) },
  handler: async (ctx, _permit, input) => {
    const { identity, role, file } = input;
    if ([identity, role, file].filter((one) => one !== undefined).length !== 1)
      throw invalid('/identity', 'a person, a role or a file of rules', 'name one of the three');
    const changes =
      file !== undefined
        ? await ofFile(ctx.tx, file)
        : role !== undefined
          ? await ofRole(ctx.tx, role)
          : await ofPerson(ctx.tx, input);
    const first = changes.slice(0, NAMED);
    const names = new Map(
      (
        await getIdentities(
          ctx.tx,
          first.map((change) => change.identityId),
        )
      ).map((i) => [i.id, i.displayName]),
    );
    // A rule of a file has no id before it is made.
    const show = (conflict: SodConflict): z.input<typeof conflictOut> => shown(conflict, conflict.rule.id !== '');
    const comes = changes.filter((change) => change.comes.length > 0);
    return {
      comes: comes.length,
      clears: changes.filter((change) => change.clears.length > 0).length,
      blocked: comes.filter((change) => change.comes.some((c) => c.rule.mode === 'enforce')).length,
      people: first.map((change) => ({
        person: { id: change.identityId, name: names.get(change.identityId) ?? 'somebody no longer known' },
        comes: change.comes.map(show),
        clears: change.clears.map(show),
      })),
    };
  },
});
