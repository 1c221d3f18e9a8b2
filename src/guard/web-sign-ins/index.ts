import type { Module } from '#spine/operations/index.ts';
import { operations, type WebPlace } from './operations.ts';

export { redeemOnSite, whoseOnSite } from './redeem-on-site.ts';
export { type WebPlace } from './operations.ts';

/** Default policy. Which accounts one may sign in to follows from grants. */
const policies = `
@id("web_sign_ins.people_have_their_own")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"web_sign_in.issue", Reeve::Action::"web_sign_in.look"],
  resource
)
when { principal.state == "active" };
`;

/** Signing in to web applications through the gateway. */
export const webSignInsModule = (edges: { readonly web: WebPlace }): Module => ({
  name: 'web-sign-ins',
  operations: operations(edges),
  policies,
});
