import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { CedarType, Module, ResourceType } from '#spine/operations/contract.ts';
import type { ParsedPolicy } from './engine/parse-policies.ts';
import { EntityUid } from './engine/values/value.ts';

/** Namespace of every entity type and action of Reeve. */
export const NAMESPACE = 'Reeve';
export const uidOf = (type: string, id: string): EntityUid => new EntityUid(`${NAMESPACE}::${type}`, id);
export const actionUid = (action: string): EntityUid => uidOf('Action', action);

/** Groups an action is in, beside the one its noun names: `action in Reeve::Action::"read"`. */
const GROUPS = ['read', 'write'] as const;

export interface KnownAction {
  readonly uid: EntityUid;
  /** Its groups: `read` or `write` where an operation has it, and its noun. */
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly context: Readonly<Record<string, CedarType>>;
}

/** All that policies can speak of, as the modules declare it. */
export interface Vocabulary {
  readonly types: ReadonlyMap<string, ResourceType>;
  readonly actions: ReadonlyMap<string, KnownAction>;
}

// Every kind of principal has these, so that a policy may ask any of them for its roles without asking what it is.
const PRINCIPAL_ATTRIBUTES: Readonly<Record<string, CedarType>> = {
  kind: { type: 'String' },
  state: { type: 'String' },
  roles: { type: 'Set', element: { type: 'String' } },
};
export const BUILT_IN: readonly ResourceType[] = [
  {
    type: 'Component',
    attributes: PRINCIPAL_ATTRIBUTES,
    load: async (_tx, ids) => all(ids, { kind: 'component', state: 'active', roles: [] }),
  },
  {
    type: 'Anonymous',
    attributes: PRINCIPAL_ATTRIBUTES,
    load: async (_tx, ids) => all(ids, { kind: 'anonymous', state: 'anonymous', roles: [] }),
  },
  {
    type: 'Platform',
    attributes: {},
    load: async (_tx, ids) =>
      all(
        ids.filter((id) => id === 'reeve'),
        {},
      ),
  },
];
const all = <T>(ids: readonly string[], value: T): Map<string, T> => new Map(ids.map((id) => [id, value]));

/**
 * Gathers types and actions. An action is known when an operation has it, a module declares it, or a shipped permit
 * names it. A forbid alone does not make one known: misspelt, it would guard nothing, so validation must see it.
 */
export const vocabularyOf = (modules: readonly Module[], shipped: readonly ParsedPolicy[]): Vocabulary => {
  const types = new Map<string, ResourceType>();
  for (const type of [...BUILT_IN, ...modules.flatMap((m) => m.resources ?? [])]) {
    if (types.has(type.type)) throw new Error(`the resource type ${type.type} is declared twice`);
    types.set(type.type, type);
  }

  const found = new Map<string, { groups: Set<string>; resources: Set<string>; context: Record<string, CedarType> }>();
  const meet = (action: string) => {
    const known = found.get(action) ?? {
      groups: new Set([nounOf(action)]),
      resources: new Set<string>(['Platform']),
      context: {},
    };
    const own = pascal(nounOf(action));
    if (types.has(own)) known.resources.add(own);
    found.set(action, known);
    return known;
  };

  for (const operation of modules.flatMap((m) => m.operations ?? [])) meet(operation.action).groups.add(operation.kind);
  for (const declared of modules.flatMap((m) => m.actions ?? [])) {
    const known = meet(declared.action);
    for (const type of declared.resources ?? []) known.resources.add(type);
    Object.assign(known.context, declared.context);
  }
  for (const { ast } of shipped) {
    for (const action of actionsNamed(ast.action)) {
      if (ast.effect === 'forbid' && !found.has(action)) continue;
      if ([...GROUPS].some((g) => g === action) || !action.includes('.')) continue;
      const known = meet(action);
      for (const type of typesNamed(ast.resource)) known.resources.add(type);
    }
  }
  const actions = new Map<string, KnownAction>();
  for (const [action, { groups, resources, context }] of found) {
    // Done by a write anywhere, an action is no mere reading.
    if (groups.has('write')) groups.delete('read');
    actions.set(action, { uid: actionUid(action), groups: [...groups], resources: [...resources], context });
  }
  return { types, actions };
};

const nounOf = (action: string): string => action.split('.')[0] ?? action;
const pascal = (noun: string): string =>
  noun.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

// Keys read `\0e<type>\0<id>`; only entities of Reeve's own namespace are of interest.
const split = (key: string): readonly [type: string, id: string] => {
  const end = key.indexOf('\0', 2);
  return [key.slice(2, end), key.slice(end + 1)];
};
/** The actions of Reeve that a policy's scope names; none where it is open to any. */
export const actionsNamed = (scope: ParsedPolicy['ast']['action']): string[] => {
  const keys = scope.kind === 'eq' ? [scope.key] : scope.kind === 'in' ? scope.keys : [];
  return keys.map(split).flatMap(([type, id]) => (type === `${NAMESPACE}::Action` ? [id] : []));
};
const typesNamed = (scope: ParsedPolicy['ast']['resource']): string[] => {
  const type = scope.kind === 'is' ? scope.type : scope.kind === 'eq' ? split(scope.key)[0] : undefined;
  return type?.startsWith(`${NAMESPACE}::`) === true ? [type.slice(NAMESPACE.length + 2)] : [];
};

/** The Cedar schema policies are validated against. */
export const schemaOf = ({ types, actions }: Vocabulary): SchemaJson<string> => {
  const groups = new Set<string>(GROUPS);
  for (const { groups: of } of actions.values()) for (const group of of) groups.add(group);
  const entityTypes = [...types.values()].map(
    ({ type, attributes, within }) =>
      [
        type,
        {
          memberOfTypes: (within ?? []).flatMap((name) => {
            const target = attributes[name];
            const element = target?.type === 'Set' ? target.element : target;
            if (element?.type !== 'Entity')
              throw new Error(`${type}.${name} is no entity, so nothing can be within it`);
            return [element.name];
          }),
          shape: { type: 'Record' as const, attributes },
        },
      ] as const,
  );
  return {
    [NAMESPACE]: {
      entityTypes: Object.fromEntries(entityTypes),
      actions: Object.fromEntries([
        ...[...groups].map((group) => [group, {}] as const),
        ...[...actions].map(
          ([action, { groups: of, resources, context }]) =>
            [
              action,
              {
                memberOf: of.map((id) => ({ id })),
                appliesTo: {
                  principalTypes: ['Identity', 'Component', 'Anonymous'].filter((type) => types.has(type)),
                  resourceTypes: [...resources].filter((type) => types.has(type)),
                  context: {
                    type: 'Record' as const,
                    attributes: { ...context, now: { type: 'Extension' as const, name: 'datetime' } },
                  },
                },
              },
            ] as const,
        ),
      ]),
    },
  };
};
