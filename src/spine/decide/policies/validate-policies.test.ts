import { expect, test } from 'vitest';
import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import { parsePolicies, type ParsedPolicy } from '../engine/parse-policies.ts';
import { validateOver, validatePolicies, type Validation } from './validate-policies.ts';

const action = (resourceTypes: readonly string[], memberOf: readonly string[] = []) => ({
  memberOf: memberOf.map((id) => ({ id })),
  appliesTo: { principalTypes: ['Identity', 'Anonymous'], resourceTypes: [...resourceTypes] },
});
const person = { shape: { type: 'Record' as const, attributes: { state: { type: 'String' as const } } } };
const schema: SchemaJson<string> = {
  Reeve: {
    entityTypes: { Identity: person, Anonymous: { ...person }, Door: {}, Lift: {} },
    actions: {
      read: {},
      'door.read': action(['Door'], ['read']),
      'door.open': action(['Door']),
      'lift.read': action(['Lift'], ['read']),
      'lift.call': action(['Lift']),
    },
  },
};

/** One of each way a policy may be right, odd or wrong. */
const BODIES: Readonly<Record<string, string>> = {
  right: 'permit (principal, action == Reeve::Action::"door.open", resource) when { principal.state == "active" };',
  several:
    'permit (principal, action in [Reeve::Action::"door.open", Reeve::Action::"lift.call"], resource) when { resource is Reeve::Lift };',
  group: 'permit (principal, action in Reeve::Action::"read", resource is Reeve::Lift);',
  any: 'forbid (principal, action, resource) when { principal.state == "locked" };',
  asksForAnother:
    'permit (principal, action in [Reeve::Action::"door.read"], resource) unless { action == Reeve::Action::"door.open" };',
  asksForNone:
    'permit (principal, action == Reeve::Action::"door.read", resource) unless { action == Reeve::Action::"door.shut" };',
  never: 'permit (principal, action == Reeve::Action::"door.open", resource is Reeve::Lift);',
  neverByBody: 'permit (principal, action in Reeve::Action::"read", resource) when { false };',
  unknownAction: 'permit (principal, action == Reeve::Action::"door.opne", resource);',
  unknownAttribute:
    'permit (principal, action == Reeve::Action::"lift.call", resource) when { principal.stat == "active" };',
  unknownInGroup: 'permit (principal, action in Reeve::Action::"read", resource) when { resource.floor == 1 };',
  unknownType: 'permit (principal, action == Reeve::Action::"lift.call", resource is Reeve::Stair);',
  wrongType: 'forbid (principal, action == Reeve::Action::"lift.call", resource) when { principal.state < 3 };',
};

const policies = (names: readonly string[]): readonly ParsedPolicy[] => {
  const parsed = parsePolicies(names.map((name) => `@id("${name}")\n${BODIES[name]}`).join('\n'));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policies;
};

/** Cedar tells what it found in any order. */
const told = ({ problems, warnings }: Validation): readonly string[] =>
  [...problems, ...warnings].map((one) => JSON.stringify(one)).sort();

test.each(Object.keys(BODIES))('%s is judged as it is over the whole schema', (name) => {
  expect(told(validatePolicies(schema, policies([name])))).toEqual(told(validateOver(schema, policies([name]))));
});

test('so are all together, and what is right beside what is wrong is no problem', () => {
  const all = policies(Object.keys(BODIES));
  const found = validatePolicies(schema, all);
  expect(told(found)).toEqual(told(validateOver(schema, all)));
  const named = new Set([...found.problems, ...found.warnings].map(({ policy }) => policy));
  expect([...named].sort()).toEqual(
    [
      'asksForNone',
      'never',
      'neverByBody',
      'unknownAction',
      'unknownAttribute',
      'unknownInGroup',
      'unknownType',
      'wrongType',
    ].sort(),
  );
});
