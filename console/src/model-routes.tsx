import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';
import { listSearch } from './ui/list-search.ts';

const catalogue = createRoute({
  getParentRoute: () => shell,
  path: '/catalogue',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/catalogue/catalogue-page.tsx'), 'CataloguePage'),
});
const stewardship = createRoute({
  getParentRoute: () => shell,
  path: '/catalogue/stewardship',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/catalogue/stewardship-page.tsx'), 'StewardshipPage'),
});
const renames = createRoute({
  getParentRoute: () => shell,
  path: '/catalogue/renames',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/catalogue/renames-page.tsx'), 'RenamesPage'),
});
const entry = createRoute({
  getParentRoute: () => shell,
  path: '/catalogue/$id',
  component: lazyRouteComponent(() => import('./pages/catalogue/entry-page.tsx'), 'EntryPage'),
});
const sod = createRoute({
  getParentRoute: () => shell,
  path: '/sod',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/sod/rules-page.tsx'), 'RulesPage'),
});
const sodExceptions = createRoute({
  getParentRoute: () => shell,
  path: '/sod/exceptions',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/sod/exceptions-page.tsx'), 'ExceptionsPage'),
});
const sodExcept = createRoute({
  getParentRoute: () => shell,
  path: '/sod/except',
  validateSearch: (raw: Record<string, unknown>): { rule: string; identity: string } => ({
    rule: String(raw['rule'] ?? ''),
    identity: String(raw['identity'] ?? ''),
  }),
  component: lazyRouteComponent(() => import('./pages/sod/except-page.tsx'), 'ExceptPage'),
});
const sodViolations = createRoute({
  getParentRoute: () => shell,
  path: '/sod/violations',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/sod/violations-page.tsx'), 'ViolationsPage'),
});
const sodMatrix = createRoute({
  getParentRoute: () => shell,
  path: '/sod/matrix',
  component: lazyRouteComponent(() => import('./pages/sod/matrix-page.tsx'), 'MatrixPage'),
});
const sodLibrary = createRoute({
  getParentRoute: () => shell,
  path: '/sod/library',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/sod/library-page.tsx'), 'LibraryPage'),
});
const ruleEdit = createRoute({
  getParentRoute: () => shell,
  path: '/sod/rules/$id',
  component: lazyRouteComponent(() => import('./pages/sod/rule-edit-page.tsx'), 'RuleEditPage'),
});
const ruleNew = createRoute({
  getParentRoute: () => shell,
  path: '/sod/new',
  component: lazyRouteComponent(() => import('./pages/sod/rule-new-page.tsx'), 'RuleNewPage'),
});
const birthrights = createRoute({
  getParentRoute: () => shell,
  path: '/birthrights',
  component: lazyRouteComponent(() => import('./pages/birthrights/birthrights-page.tsx'), 'BirthrightsPage'),
});
const roles = createRoute({
  getParentRoute: () => shell,
  path: '/roles',
  component: lazyRouteComponent(() => import('./pages/roles/roles-page.tsx'), 'RolesPage'),
});
const role = createRoute({
  getParentRoute: () => shell,
  path: '/roles/$id',
  component: lazyRouteComponent(() => import('./pages/roles/role-page.tsx'), 'RolePage'),
});
const roleVersion = createRoute({
  getParentRoute: () => shell,
  path: '/role-versions/$id',
  component: lazyRouteComponent(() => import('./pages/roles/version-page.tsx'), 'VersionPage'),
});
const roleMining = createRoute({
  getParentRoute: () => shell,
  path: '/role-mining',
  component: lazyRouteComponent(() => import('./pages/role-mining/role-mining-page.tsx'), 'RoleMiningPage'),
});
const miningRun = createRoute({
  getParentRoute: () => shell,
  path: '/role-mining/$id',
  component: lazyRouteComponent(() => import('./pages/role-mining/mining-run-page.tsx'), 'MiningRunPage'),
});

/** Pages about what access means: the catalogue, roles, and duties that are kept apart. */
export const modelRoutes = [
  catalogue,
  stewardship,
  renames,
  entry,
  sod,
  sodExceptions,
  sodExcept,
  sodViolations,
  sodMatrix,
  sodLibrary,
  ruleEdit,
  ruleNew,
  birthrights,
  roles,
  role,
  roleVersion,
  roleMining,
  miningRun,
] as const;
