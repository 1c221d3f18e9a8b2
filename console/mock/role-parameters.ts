import type { RoleBinding, RoleParameters } from '../src/api/role-parameters.ts';
import { id, page, type Routes } from './answer.ts';

/** A role with a parameter. */
export const siteAdmin = {
  id: id('40', 3),
  name: 'Site admin',
  parameters: [{ name: 'site', allowedValues: ['berlin', 'lyon', 'oslo'] }],
};
const none: RoleParameters = { parameters: [], patterns: [], bindingOf: null };
const template: RoleParameters = {
  parameters: siteAdmin.parameters,
  patterns: [
    { systemId: id('30', 0), systemName: 'orders', pattern: 'app-{site}-admins', validFrom: null, validTo: null },
  ],
  bindingOf: null,
};
const bindings: RoleBinding[] = ['berlin', 'lyon'].map((site, n) => ({
  id: id('40', 10 + n),
  name: `Site admin [site=${site}]`,
  values: { site },
  rule: `person.orgUnit == "${site}"`,
  holders: 12 - 9 * n,
  gone: n,
}));

export const parameterRoutes: Routes = {
  'GET /v1/roles/{role}/parameters': ({ params }) => (params['role'] === siteAdmin.id ? template : none),
  'POST /v1/roles/{role}/parameters': () => template,
  'GET /v1/roles/{role}/bindings': (ask) => page(bindings, ask),
  'POST /v1/roles/{role}/bindings': () => ({ id: bindings[0]?.id ?? '', name: bindings[0]?.name ?? '', made: true }),
};
