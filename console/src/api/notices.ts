import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';

export type WebhookKind = 'standard' | 'slack' | 'mattermost' | 'teams';

export const webhookList = () => pagesOf(['webhooks'], (_, signal) => take(api.GET('/v1/webhooks', { signal })));
export const webhookKindsQuery = queryOptions({
  queryKey: ['webhook-kinds'],
  queryFn: ({ signal }) => take(api.GET('/v1/webhook-kinds', { signal })),
  staleTime: 600_000,
});
export const addWebhook = (body: {
  name: string;
  kind: WebhookKind;
  url: string;
  kinds: string[];
  systemIds?: string[];
}) => take(api.POST('/v1/webhooks', { body }));
export const changeWebhook = ({
  id,
  ...body
}: {
  id: string;
  version: number;
  state?: 'active' | 'paused';
  kinds?: string[];
  systemIds?: string[] | null;
}) => take(api.PATCH('/v1/webhooks/{id}', { params: { path: { id } }, body }));
export const removeWebhook = (id: string) => take(api.DELETE('/v1/webhooks/{id}', { params: { path: { id } } }));
export const rotateWebhook = (id: string) =>
  take(api.POST('/v1/webhooks/{id}/rotate-secret', { params: { path: { id } }, body: { keepOldHours: 24 } }));
export const testWebhook = (id: string) => take(api.POST('/v1/webhooks/{id}/test', { params: { path: { id } } }));

export const deliveryList = (state: 'waiting' | 'delivered' | 'not_delivered' | undefined) =>
  pagesOf(
    ['webhook-deliveries', state ?? 'all'],
    (cursor, signal) =>
      take(
        api.GET('/v1/webhook-deliveries', {
          params: { query: { ...(cursor === undefined ? {} : { cursor }), ...(state === undefined ? {} : { state }) } },
          signal,
        }),
      ),
    10_000,
  );
export const sendAgain = (id: string) =>
  take(api.POST('/v1/webhook-deliveries/{id}/send-again', { params: { path: { id } } }));

export const mailList = (state: 'waiting' | 'sent' | 'not_sent' | undefined) =>
  pagesOf(['mails', state ?? 'all'], (cursor, signal) =>
    take(
      api.GET('/v1/notices', {
        params: { query: { ...(cursor === undefined ? {} : { cursor }), ...(state === undefined ? {} : { state }) } },
        signal,
      }),
    ),
  );
export const retryMail = (id: string) => take(api.POST('/v1/notices/{id}/retry', { params: { path: { id } } }));

export const calendarList = () => pagesOf(['calendars'], (_, signal) => take(api.GET('/v1/calendars', { signal })));
export const setCalendar = ({ site, ...body }: { site: string; timeZone: string; hours: string[] }) =>
  take(api.PUT('/v1/calendars/{site}', { params: { path: { site } }, body }));
export const removeCalendar = (site: string) =>
  take(api.DELETE('/v1/calendars/{site}', { params: { path: { site } } }));
export const importHolidays = ({ site, content }: { site: string; content: string }) =>
  take(api.POST('/v1/calendars/{site}/holidays', { params: { path: { site } }, body: { content } }));

export type LinkMode = 'off' | 'signed_in' | 'low_risk';
export const linkSettingsQuery = queryOptions({
  queryKey: ['decision-link-settings'],
  queryFn: ({ signal }) => take(api.GET('/v1/decision-link-settings', { signal })),
});
export const changeLinkSettings = (body: { mode: LinkMode; hours: number }) =>
  take(api.PUT('/v1/decision-link-settings', { body }));

export const openDecisionLink = (token: string) => take(api.POST('/v1/decision-links/open', { body: { token } }));
export const approveByLink = (body: { token: string; comment?: string }) =>
  take(api.POST('/v1/decision-links/approve', { body }));
export const denyByLink = (body: { token: string; reason: string }) =>
  take(api.POST('/v1/decision-links/deny', { body }));
export const decideByLink = (body: { token: string; decision: 'approve' | 'deny'; comment?: string }) =>
  take(api.POST('/v1/decision-links/decide', { body }));
