/**
 * The contract, and what the console expects of modules that are not in it yet. As they land, their lines go from
 * `Expected`; when it is empty, so does this file.
 */
import type { Campaign, CampaignInput, CampaignItem, CampaignPreview } from './shapes/campaigns.ts';
import type { Page, PageQuery, Problem } from './shapes/common.ts';
import type { SodRule, SodViolation } from './shapes/guard.ts';
import type { Policy, PolicyDryRun, PolicyIssue } from './shapes/platform.ts';
import type { AccessRequest, Approval, RequestDetail, RequestLineInput, RequestPreview } from './shapes/requests.ts';
import type { paths as Contract } from './schema.gen.ts';

interface Json<T> {
  content: { 'application/json': T };
}
interface Responses<T> {
  200: Json<T>;
  default: { content: { 'application/problem+json': Problem } };
}
interface Get<Out, Query = object> {
  get: { parameters: { query?: Query }; responses: Responses<Out> };
}
interface GetOne<Out, Query = object> {
  get: { parameters: { path: { id: string }; query?: Query }; responses: Responses<Out> };
}
interface Post<In, Out> {
  post: { parameters: object; requestBody: Json<In>; responses: Responses<Out> };
}
interface PostOne<In, Out> {
  post: { parameters: { path: { id: string } }; requestBody: Json<In>; responses: Responses<Out> };
}
type List<Out, Query = object> = Get<Page<Out>, PageQuery & Query>;

interface Expected {
  '/v1/signin/step-up/options': Post<object, { challengeId: string; options: unknown }>;
  '/v1/signin/step-up': Post<{ challengeId: string; response?: Record<string, unknown>; code?: string }, object>;
  '/v1/grants/{id}/end': PostOne<{ because: string }, object>;

  '/v1/requests': List<AccessRequest, { mine?: boolean; state?: string | undefined }> &
    Post<
      { identityId?: string; lines: RequestLineInput[]; reason: string; ticket?: string | undefined },
      AccessRequest
    >;
  '/v1/requests/preview': Post<{ identityId?: string; lines: RequestLineInput[] }, RequestPreview>;
  '/v1/requests/{id}': GetOne<RequestDetail>;
  '/v1/requests/{id}/approve': PostOne<{ comment?: string }, object>;
  '/v1/requests/{id}/deny': PostOne<{ reason: string }, object>;
  '/v1/requests/{id}/withdraw': PostOne<object, object>;
  '/v1/approvals': List<Approval, { risk?: string | undefined }>;

  '/v1/campaigns': List<Campaign, { state?: string | undefined }> & Post<CampaignInput, Campaign>;
  '/v1/campaigns/preview': Post<CampaignInput, CampaignPreview>;
  '/v1/campaigns/{id}': GetOne<Campaign>;
  '/v1/campaigns/{id}/items': GetOne<Page<CampaignItem>, PageQuery & { mine?: boolean; group?: string | undefined }>;
  '/v1/campaigns/{id}/sign': PostOne<object, object>;
  '/v1/items/{id}/decide': PostOne<{ decision: 'keep' | 'revoke' | null; reason?: string }, object>;

  '/v1/sod/rules': List<SodRule>;
  '/v1/sod/violations': List<SodViolation, { state?: string | undefined; ruleId?: string | undefined }>;

  '/v1/policies': List<Policy>;
  '/v1/policies/validate': Post<{ text: string }, { ok: boolean; issues: PolicyIssue[] }>;
  '/v1/policies/dry-run': Post<{ text: string }, PolicyDryRun>;
}

export type paths = Contract & Expected;
