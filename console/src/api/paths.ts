/**
 * The part of the contract the console uses, in the shape openapi-typescript writes. It stands in for `schema.gen.ts`
 * until `contract/openapi.json` is generated; then `client.ts` imports that instead and this file goes.
 */
import type { Campaign, CampaignInput, CampaignItem, CampaignPreview } from './shapes/campaigns.ts';
import type { Page, PageQuery, Problem } from './shapes/common.ts';
import type { Checkout, Finding, Secret, Session, SodRule, SodViolation } from './shapes/guard.ts';
import type {
  Account,
  Entitlement,
  Grant,
  IdentityAccess,
  IdentityDetail,
  IdentityRow,
  Me,
  System,
} from './shapes/people.ts';
import type {
  AuditEvent,
  InclusionProof,
  Passkey,
  Policy,
  PolicyDryRun,
  PolicyIssue,
  SigninState,
  SshKey,
  Token,
} from './shapes/platform.ts';
import type { AccessRequest, Approval, RequestDetail, RequestLineInput, RequestPreview } from './shapes/requests.ts';

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
interface DeleteOne {
  delete: { parameters: { path: { id: string } }; responses: Responses<object> };
}
type List<Out, Query = object> = Get<Page<Out>, PageQuery & Query>;

/** WebAuthn options and answers pass through untouched. */
export type Ceremony = Record<string, unknown>;

export interface paths {
  '/v1/me': Get<Me>;
  '/v1/signin': Get<SigninState>;
  '/v1/signin/passkey/options': Post<object, { ceremonyId: string; options: Ceremony }>;
  '/v1/signin/passkey': Post<{ ceremonyId: string; response: Ceremony }, object>;
  '/v1/signin/password': Post<{ username: string; password: string; code: string }, object>;
  '/v1/signin/end': Post<object, object>;
  '/v1/signin/step-up/options': Post<object, { ceremonyId: string; options: Ceremony | null }>;
  '/v1/signin/step-up': Post<{ ceremonyId: string; response?: Ceremony; code?: string }, object>;
  '/v1/setup/passkey/options': Post<
    { token: string; displayName: string; username: string },
    { ceremonyId: string; options: Ceremony }
  >;
  '/v1/setup/passkey': Post<{ token: string; ceremonyId: string; response: Ceremony }, object>;
  '/v1/setup/password': Post<
    { token: string; displayName: string; username: string; password: string },
    { ceremonyId: string; secret: string; uri: string }
  >;
  '/v1/setup/totp': Post<{ token: string; ceremonyId: string; code: string }, object>;

  '/v1/identities': List<
    IdentityRow,
    { state?: string | undefined; kind?: string | undefined; department?: string | undefined }
  >;
  '/v1/identities/{id}': GetOne<IdentityDetail>;
  '/v1/identities/{id}/access': GetOne<IdentityAccess>;
  '/v1/systems': List<System, { kind?: string | undefined }>;
  '/v1/accounts': List<
    Account,
    {
      systemId?: string | undefined;
      privileged?: boolean | undefined;
      orphan?: boolean | undefined;
      state?: string | undefined;
    }
  >;
  '/v1/entitlements': List<
    Entitlement,
    { requestable?: boolean; systemId?: string | undefined; risk?: string | undefined }
  >;
  '/v1/grants': List<Grant, { mine?: boolean; state?: string | undefined }>;
  '/v1/grants/{id}/end': PostOne<{ reason: string }, object>;

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

  '/v1/sessions': List<
    Session,
    { state?: string | undefined; identityId?: string | undefined; systemId?: string | undefined }
  >;
  '/v1/sessions/{id}': GetOne<Session>;
  '/v1/sessions/{id}/end': PostOne<{ reason: string }, object>;
  '/v1/vault/secrets': List<Secret, { health?: string | undefined }>;
  '/v1/vault/secrets/{id}/checkout': PostOne<{ seconds: number; reason: string }, Checkout>;
  '/v1/vault/secrets/{id}/checkin': PostOne<object, object>;
  '/v1/vault/secrets/{id}/rotate': PostOne<{ reason: string }, object>;
  '/v1/findings': List<
    Finding,
    { kind?: string | undefined; state?: string | undefined; severity?: string | undefined }
  >;
  '/v1/sod/rules': List<SodRule>;
  '/v1/sod/violations': List<SodViolation, { state?: string | undefined; ruleId?: string | undefined }>;

  '/v1/audit/events': List<
    AuditEvent,
    {
      type?: string | undefined;
      actor?: string | undefined;
      subject?: string | undefined;
      outcome?: string | undefined;
      since?: string | undefined;
      until?: string | undefined;
    }
  >;
  '/v1/audit/events/{id}': GetOne<AuditEvent>;
  '/v1/audit/events/{id}/proof': GetOne<InclusionProof>;

  '/v1/tokens': List<Token> & Post<{ name: string; scopes: string[]; days: number }, Token & { value: string }>;
  '/v1/tokens/{id}': DeleteOne;
  '/v1/ssh-keys': List<SshKey> & Post<{ name: string; publicKey: string }, SshKey>;
  '/v1/ssh-keys/{id}': DeleteOne;
  '/v1/passkeys': List<Passkey> & Post<{ ceremonyId: string; name: string; response: Ceremony }, Passkey>;
  '/v1/passkeys/options': Post<object, { ceremonyId: string; options: Ceremony }>;
  '/v1/passkeys/{id}': DeleteOne;
  '/v1/totp': Get<{ enrolled: boolean; since: string | null }> & Post<{ ceremonyId: string; code: string }, object>;
  '/v1/totp/begin': Post<object, { ceremonyId: string; secret: string; uri: string }>;
  '/v1/policies': List<Policy>;
  '/v1/policies/validate': Post<{ text: string }, { ok: boolean; issues: PolicyIssue[] }>;
  '/v1/policies/dry-run': Post<{ text: string }, PolicyDryRun>;
}
