import { expect, it } from 'vitest';
import { modules, type ModuleEdges } from '../../modules.ts';
import type { Module } from '#spine/operations/index.ts';
import { readHouse } from './house-policies.ts';
import { createDecide } from './index.ts';
import { validatePolicies } from './policies/validate-policies.ts';
import { actionUid, type KnownAction } from './vocabulary.ts';
import type { ParsedPolicy } from './engine/parse-policies.ts';

/** What modules lean on does not matter for what they ship: it is handed over and never called. */
const untouched: unknown = new Proxy(() => {}, {
  apply: () => untouched,
  get: (_, name) => {
    throw new Error(`${String(name)} was used`);
  },
});
const decide = createDecide(() => list);
const edges = new Proxy({}, { get: (_, name) => (name === 'decide' ? decide : untouched) });
const list: readonly Module[] = modules(edges as ModuleEdges);
const house = readHouse(list);

const speaksOf = ({ ast }: ParsedPolicy, action: KnownAction): boolean => {
  const keys = [action.uid.key, ...action.groups.map((group) => actionUid(group).key)];
  return (
    ast.action.kind === 'any' ||
    (ast.action.kind === 'eq' ? ast.action.key === action.uid.key : ast.action.keys.some((key) => keys.includes(key)))
  );
};

it('the policies of all modules are valid together, without a warning', () => {
  expect(validatePolicies(house.schema, house.policies)).toEqual({ problems: [], warnings: [] });
});

it('every action of an operation is permitted to somebody', () => {
  const permits = house.policies.filter(({ ast }) => ast.effect === 'permit');
  const wanted = new Set(list.flatMap((m) => m.operations ?? []).map((operation) => operation.action as string));
  const nobody = [...wanted].filter((name) => {
    const action = house.vocabulary.actions.get(name);
    return action === undefined || !permits.some((policy) => speaksOf(policy, action));
  });
  expect(nobody).toEqual([]);
});

it('every policy is named after the module that ships it or a word of it, once', () => {
  const names = house.policies.map(({ id }) => id);
  expect(names.filter((name) => !/^[a-z_]+\.[a-z0-9_]+$/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
