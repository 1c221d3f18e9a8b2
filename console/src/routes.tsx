import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { campaignRoutes } from './campaign-routes.tsx';
import { connectRoutes } from './connect-routes.tsx';
import { directGrantsRoutes } from './direct-grants-routes.tsx';
import { emergencyRoutes } from './emergency-routes.tsx';
import { modelRoutes } from './model-routes.tsx';
import { findingRoutes } from './finding-routes.tsx';
import { rotationRoutes } from './rotation-routes.tsx';
import { nodeRoutes } from './node-routes.tsx';
import { riskRoutes } from './risk-routes.tsx';
import { root, shell } from './shell-route.tsx';
import { vendorRoutes } from './vendor-routes.tsx';
import { workloadRoutes } from './workload-routes.tsx';
import { Empty, Failed, Waiting } from './ui/feedback/states.tsx';
import { whereToReturn } from './pages/signin/where-to-return.ts';
import { listSearch } from './ui/list-search.ts';

const signinSearch = (raw: Record<string, unknown>): { to?: string } => {
  const to = whereToReturn(raw['to']);
  return to === undefined ? {} : { to };
};

const signin = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  validateSearch: signinSearch,
  component: lazyRouteComponent(() => import('./pages/signin/signin-page.tsx'), 'SigninPage'),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./pages/signin/setup-page.tsx'), 'SetupPage'),
});

const decide = createRoute({
  getParentRoute: () => root,
  path: '/decide',
  component: lazyRouteComponent(() => import('./pages/decide/decide-page.tsx'), 'DecidePage'),
});
const notices = createRoute({
  getParentRoute: () => shell,
  path: '/notices',
  component: lazyRouteComponent(() => import('./pages/notices/notices-page.tsx'), 'NoticesPage'),
});

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/home/home-page.tsx'), 'HomePage'),
});
const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/inbox',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/requests/inbox-page.tsx'), 'InboxPage'),
});
const access = createRoute({
  getParentRoute: () => shell,
  path: '/access',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/access/access-page.tsx'), 'AccessPage'),
});
const answering = createRoute({
  getParentRoute: () => shell,
  path: '/answering',
  component: lazyRouteComponent(() => import('./pages/answering/answering-page.tsx'), 'AnsweringPage'),
});
/** `for` is an entitlement, `extends` the grant of it to follow; `system` is where the gateway sends somebody it has just refused. */
const requestSearch = (raw: Record<string, unknown>): { for?: string; extends?: string; system?: string } => ({
  ...(typeof raw['for'] === 'string' ? { for: raw['for'] } : {}),
  ...(typeof raw['extends'] === 'string' ? { extends: raw['extends'] } : {}),
  ...(typeof raw['system'] === 'string' ? { system: raw['system'] } : {}),
});
const request = createRoute({
  getParentRoute: () => shell,
  path: '/request',
  validateSearch: requestSearch,
  component: lazyRouteComponent(() => import('./pages/requests/shop/shop-page.tsx'), 'ShopPage'),
});
const requests = createRoute({
  getParentRoute: () => shell,
  path: '/requests',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/requests/requests-page.tsx'), 'RequestsPage'),
});
const requestDetail = createRoute({
  getParentRoute: () => shell,
  path: '/requests/$id',
  component: lazyRouteComponent(() => import('./pages/requests/request-detail-page.tsx'), 'RequestDetailPage'),
});
const identities = createRoute({
  getParentRoute: () => shell,
  path: '/identities',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/identities/identities-page.tsx'), 'IdentitiesPage'),
});
const identity = createRoute({
  getParentRoute: () => shell,
  path: '/identities/$id',
  component: lazyRouteComponent(() => import('./pages/identities/identity-page.tsx'), 'IdentityPage'),
});
const lineage = createRoute({
  getParentRoute: () => shell,
  path: '/identities/$id/access/$entitlementId',
  component: lazyRouteComponent(() => import('./pages/identities/lineage-page.tsx'), 'LineagePage'),
});
const correlation = createRoute({
  getParentRoute: () => shell,
  path: '/correlation',
  component: lazyRouteComponent(() => import('./pages/correlation/correlation-page.tsx'), 'CorrelationPage'),
});
const directories = createRoute({
  getParentRoute: () => shell,
  path: '/directories',
  component: lazyRouteComponent(() => import('./pages/sources/directories-page.tsx'), 'DirectoriesPage'),
});
const source = createRoute({
  getParentRoute: () => shell,
  path: '/sources/$name',
  component: lazyRouteComponent(() => import('./pages/sources/source-page.tsx'), 'SourcePage'),
});
const sources = createRoute({
  getParentRoute: () => shell,
  path: '/sources',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/sources/sources-page.tsx'), 'SourcesPage'),
});
const drift = createRoute({
  getParentRoute: () => shell,
  path: '/drift',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/drift/drift-page.tsx'), 'DriftPage'),
});
const changes = createRoute({
  getParentRoute: () => shell,
  path: '/changes',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/changes/changes-page.tsx'), 'ChangesPage'),
});
const receipts = createRoute({
  getParentRoute: () => shell,
  path: '/receipts',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/receipts/receipts-page.tsx'), 'ReceiptsPage'),
});
const sessions = createRoute({
  getParentRoute: () => shell,
  path: '/sessions',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/sessions/sessions-page.tsx'), 'SessionsPage'),
});
const replay = createRoute({
  getParentRoute: () => shell,
  path: '/sessions/$id',
  validateSearch: (raw: Record<string, unknown>): { at?: number } =>
    typeof raw['at'] === 'number' ? { at: raw['at'] } : {},
  component: lazyRouteComponent(() => import('./pages/sessions/replay-page.tsx'), 'ReplayPage'),
});
const findInSessions = createRoute({
  getParentRoute: () => shell,
  path: '/find',
  validateSearch: (raw: Record<string, unknown>): { words?: string; type?: string } => ({
    ...(typeof raw['words'] === 'string' ? { words: raw['words'] } : {}),
    ...(typeof raw['type'] === 'string' ? { type: raw['type'] } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/sessions/find-page.tsx'), 'FindPage'),
});
const keepingRecordings = createRoute({
  getParentRoute: () => shell,
  path: '/keeping',
  component: lazyRouteComponent(() => import('./pages/keeping/keeping-page.tsx'), 'KeepingPage'),
});
const liveWall = createRoute({
  getParentRoute: () => shell,
  path: '/live',
  component: lazyRouteComponent(() => import('./pages/sessions/live-wall.tsx'), 'LiveWall'),
});
const watch = createRoute({
  getParentRoute: () => shell,
  path: '/sessions/$id/watch',
  component: lazyRouteComponent(() => import('./pages/sessions/watch-page.tsx'), 'WatchPage'),
});
const locks = createRoute({
  getParentRoute: () => shell,
  path: '/locks',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/locks/locks-page.tsx'), 'LocksPage'),
});
const systems = createRoute({
  getParentRoute: () => shell,
  path: '/systems',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/systems/systems-page.tsx'), 'SystemsPage'),
});
const system = createRoute({
  getParentRoute: () => shell,
  path: '/systems/$id',
  component: lazyRouteComponent(() => import('./pages/systems/system-page.tsx'), 'SystemPage'),
});
const accounts = createRoute({
  getParentRoute: () => shell,
  path: '/accounts',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/systems/accounts-page.tsx'), 'AccountsPage'),
});
const vault = createRoute({
  getParentRoute: () => shell,
  path: '/vault',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/vault/vault-page.tsx'), 'VaultPage'),
});
const vaultKeys = createRoute({
  getParentRoute: () => shell,
  path: '/vault/keys',
  component: lazyRouteComponent(() => import('./pages/vault/keys-page.tsx'), 'KeysPage'),
});
const vaultFolders = createRoute({
  getParentRoute: () => shell,
  path: '/vault/folders',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/vault/folders-page.tsx'), 'FoldersPage'),
});
const certificates = createRoute({
  getParentRoute: () => shell,
  path: '/certificates',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/certificates/certificates-page.tsx'), 'CertificatesPage'),
});
const leases = createRoute({
  getParentRoute: () => shell,
  path: '/leases',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/leases/leases-page.tsx'), 'LeasesPage'),
});
const vaultOut = createRoute({
  getParentRoute: () => shell,
  path: '/vault/out',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/vault/out-page.tsx'), 'OutPage'),
});
const vaultSecondPerson = createRoute({
  getParentRoute: () => shell,
  path: '/vault/second-person',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/vault/second-person-page.tsx'), 'SecondPersonPage'),
});
const vaultTerms = createRoute({
  getParentRoute: () => shell,
  path: '/vault/terms',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/vault/terms-page.tsx'), 'TermsPage'),
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/audit/audit-page.tsx'), 'AuditPage'),
});
const policies = createRoute({
  getParentRoute: () => shell,
  path: '/policies',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/policies/policies-page.tsx'), 'PoliciesPage'),
});
const policyNew = createRoute({
  getParentRoute: () => shell,
  path: '/policies/new',
  validateSearch: (raw: Record<string, unknown>): { from?: string } =>
    typeof raw['from'] === 'string' ? { from: raw['from'] } : {},
  component: lazyRouteComponent(() => import('./pages/policies/policy-new-page.tsx'), 'PolicyNewPage'),
});
const approvalPolicy = createRoute({
  getParentRoute: () => shell,
  path: '/approval-policy',
  component: lazyRouteComponent(() => import('./pages/approval-policy/approval-policy-page.tsx'), 'ApprovalPolicyPage'),
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/settings-page.tsx'), 'SettingsPage'),
});

const device = createRoute({
  getParentRoute: () => shell,
  path: '/device',
  validateSearch: (raw: Record<string, unknown>): { code?: string } =>
    raw['code'] === undefined ? {} : { code: String(raw['code']) },
  component: lazyRouteComponent(() => import('./pages/signin/device-page.tsx'), 'DevicePage'),
});

const sshLogin = createRoute({
  getParentRoute: () => shell,
  path: '/ssh-login',
  component: lazyRouteComponent(() => import('./pages/signin/ssh-login-page.tsx'), 'SshLoginPage'),
});
const sshSignIn = createRoute({
  getParentRoute: () => shell,
  path: '/ssh-sign-in',
  component: lazyRouteComponent(() => import('./pages/ssh-sign-in/ssh-sign-in-page.tsx'), 'SshSignInPage'),
});

const tree = root.addChildren([
  signin,
  setup,
  decide,
  shell.addChildren([
    notices,
    home,
    inbox,
    access,
    answering,
    request,
    requests,
    requestDetail,
    identities,
    identity,
    lineage,
    ...campaignRoutes,
    sources,
    directories,
    receipts,
    source,
    correlation,
    drift,
    changes,
    sessions,
    findInSessions,
    keepingRecordings,
    replay,
    liveWall,
    watch,
    locks,
    ...nodeRoutes,
    systems,
    system,
    accounts,
    vault,
    vaultKeys,
    vaultFolders,
    ...rotationRoutes,
    certificates,
    leases,
    vaultOut,
    vaultSecondPerson,
    vaultTerms,
    audit,
    policies,
    approvalPolicy,
    policyNew,
    settings,
    device,
    sshLogin,
    sshSignIn,
    ...modelRoutes,
    ...directGrantsRoutes,
    ...emergencyRoutes,
    ...findingRoutes,
    ...riskRoutes,
    ...vendorRoutes,
    ...connectRoutes,
    ...workloadRoutes,
  ]),
]);

/** The whole map of the console. */
export const makeRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: () => <Waiting />,
    defaultErrorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
    defaultNotFoundComponent: () => (
      <Empty
        title="There is no such page"
        text="The address may be old or mistyped. The list on the left has every page you can open."
      />
    ),
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
