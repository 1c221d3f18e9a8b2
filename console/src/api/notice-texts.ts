import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';

export type NoticeDelivery = 'at_once' | 'hourly' | 'daily';
export const noticePreferencesQuery = queryOptions({
  queryKey: ['notice-preferences'],
  queryFn: ({ signal }) => take(api.GET('/v1/notice-preferences', { signal })),
});
export const changeNoticePreferences = (body: {
  delivery: NoticeDelivery;
  quietFrom: string | null;
  quietTo: string | null;
}) => take(api.PUT('/v1/notice-preferences', { body }));

export const noticeTemplateList = () =>
  pagesOf(['notice-templates'], (_, signal) => take(api.GET('/v1/notice-templates', { signal })));
export const noticeTemplateVersions = (template: string) =>
  pagesOf(['notice-template-versions', template], (_, signal) =>
    take(api.GET('/v1/notice-templates/{template}/versions', { params: { path: { template } }, signal })),
  );
export const changeNoticeTemplate = ({
  template,
  ...body
}: {
  template: string;
  version: number;
  subject: string;
  body: string;
}) => take(api.PUT('/v1/notice-templates/{template}', { params: { path: { template } }, body }));
export const resetNoticeTemplate = ({ template, ...body }: { template: string; version: number }) =>
  take(api.POST('/v1/notice-templates/{template}/reset', { params: { path: { template } }, body }));
export const previewNoticeTemplate = ({ template, ...body }: { template: string; subject: string; body: string }) =>
  take(api.POST('/v1/notice-templates/{template}/preview', { params: { path: { template } }, body }));
