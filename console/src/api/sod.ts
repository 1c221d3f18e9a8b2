import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import type { paths } from './schema.gen.ts';

export type SodRuleDraft = paths['/v1/sod/rules']['post']['requestBody']['content']['application/json'];

export const sodRuleList = () => pagesOf(['sod', 'rules'], (_, signal) => take(api.GET('/v1/sod/rules', { signal })));
export const createSodRule = (body: SodRuleDraft) => take(api.POST('/v1/sod/rules', { body }));
export const changeSodRule = (rule: string, body: { mode: 'record' | 'warn' | 'enforce' }) =>
  take(api.PATCH('/v1/sod/rules/{rule}', { params: { path: { rule } }, body }));
export const retireSodRule = (rule: string) => take(api.DELETE('/v1/sod/rules/{rule}', { params: { path: { rule } } }));

export const sodExceptionList = () =>
  pagesOf(['sod', 'exceptions'], (_, signal) => take(api.GET('/v1/sod/exceptions', { signal })));
export const grantSodException = (
  rule: string,
  body: { identity: string; reason: string; control: string; validTo: string },
) => take(api.POST('/v1/sod/rules/{rule}/exceptions', { params: { path: { rule } }, body }));
export const endSodException = (exception: string) =>
  take(api.DELETE('/v1/sod/exceptions/{exception}', { params: { path: { exception } } }));

/** What the rules say about one identity as it is now. */
export const sodCheckQuery = (identity: string) =>
  queryOptions({
    queryKey: ['sod', 'check', identity],
    queryFn: ({ signal }) =>
      take(api.POST('/v1/identities/{identity}/sod/check', { params: { path: { identity } }, body: {}, signal })),
    retry: false,
  });
