import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from './shell-route.tsx';
import { listSearch } from './ui/list-search.ts';

const campaigns = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/campaigns/campaigns-page.tsx'), 'CampaignsPage'),
});
const campaignNew = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/new',
  component: lazyRouteComponent(() => import('./pages/campaigns/campaign-new-page.tsx'), 'CampaignNewPage'),
});
const campaignOpening = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/opening',
  component: lazyRouteComponent(() => import('./pages/campaigns/opening/opening-page.tsx'), 'OpeningPage'),
});
const review = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/$id',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./pages/campaigns/review-page.tsx'), 'ReviewPage'),
});
const campaignReviewers = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/$id/reviewers',
  component: lazyRouteComponent(() => import('./pages/campaigns/reviewers-page.tsx'), 'ReviewersPage'),
});

/** Certification campaigns: all of them, opening one, reviewing, and who reviews. */
export const campaignRoutes = [campaigns, campaignNew, campaignOpening, review, campaignReviewers] as const;
