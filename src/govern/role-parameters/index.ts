import type { Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';

export { bindListedValues } from './bind-listed-values.ts';
export { asIfBound, bindRole, type ToBind } from './bind-role.ts';
export type { RoleBinding, RoleParameter, RolePattern, Values } from './model.ts';
export { checkPatterns } from './patterns.ts';
export { resolvePatterns } from './resolve-patterns.ts';
export { bindingOf, bindingsOf, endBinding, parametersAmong, parametersOf, patternsOf, putPatterns } from './store.ts';

/** Roles with parameters, and the roles they are for each choice of values. */
export const roleParametersModule: Module = { name: 'role_parameters', operations, events, policies };
