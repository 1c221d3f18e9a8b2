import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import type { paths } from './schema.gen.ts';

export type SodRuleDraft = paths['/v1/sod/rules']['post']['requestBody']['content']['application/json'];

export const sodRuleList = () => pagesOf(['sod', 'rules'], (_, signal) => take(api.GET('/v1/sod/rules', { signal })));
export const createSodRule = (body: SodRuleDraft) => take(api.POST('/v1/sod/rules', { body }));
export type SodRuleChange = NonNullable<
  paths['/v1/sod/rules/{rule}']['patch']['requestBody']
>['content']['application/json'];
export const changeSodRule = (rule: string, body: SodRuleChange) =>
  take(api.PATCH('/v1/sod/rules/{rule}', { params: { path: { rule } }, body }));
export const retireSodRule = (rule: string) => take(api.DELETE('/v1/sod/rules/{rule}', { params: { path: { rule } } }));

export const sodExceptionList = () =>
  pagesOf(['sod', 'exceptions'], (_, signal) => take(api.GET('/v1/sod/exceptions', { signal })));
export const grantSodException = (
  rule: string,
  body: { identity: string; reason: string; control?: string; controlId?: string; validTo: string },
) => take(api.POST('/v1/sod/rules/{rule}/exceptions', { params: { path: { rule } }, body }));
/** How many days before an exception ends its owners are warned. */
export const sodWarnDaysQuery = queryOptions({
  queryKey: ['sod', 'warning-terms'],
  queryFn: ({ signal }) => take(api.GET('/v1/sod/warning-terms', { signal })),
});
export const putSodWarnDays = (warnDays: number[]) => take(api.PUT('/v1/sod/warning-terms', { body: { warnDays } }));
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

export const sodRuleQuery = (rule: string) =>
  queryOptions({
    queryKey: ['sod', 'rule', rule],
    queryFn: ({ signal }) => take(api.GET('/v1/sod/rules/{rule}', { params: { path: { rule } }, signal })),
  });

export type DutiesChange = NonNullable<paths['/v1/sod/what-if']['post']['requestBody']>['content']['application/json'];

/** Which conflicts of duties a change would make and clear, before it is made. */
export const sodWhatIfQuery = (change: DutiesChange) =>
  queryOptions({
    queryKey: ['sod', 'what-if', change],
    queryFn: ({ signal }) => take(api.POST('/v1/sod/what-if', { body: change, signal })),
    retry: false,
  });

/** What keeps Reeve to a rule about acts, and whom that refused lately. */
export const sodGuardsQuery = (rule: string) =>
  queryOptions({
    queryKey: ['sod', 'guards', rule],
    queryFn: ({ signal }) => take(api.GET('/v1/sod/rules/{rule}/guards', { params: { path: { rule } }, signal })),
  });

/** Who is in conflict now, with the paths of both sides. */
export const sodViolatorList = (of: { ruleId?: string | undefined }) =>
  pagesOf(['sod', 'violations', of], (cursor, signal) =>
    take(
      api.GET('/v1/sod/violations', {
        params: {
          query: {
            limit: 50,
            ...(cursor === undefined ? {} : { cursor }),
            ...(of.ruleId === undefined ? {} : { ruleId: of.ruleId }),
          },
        },
        signal,
      }),
    ),
  );

export const sodMatrixQuery = () =>
  queryOptions({
    queryKey: ['sod', 'matrix'],
    queryFn: ({ signal }) => take(api.GET('/v1/sod/matrix', { signal })),
  });

export type SodDraft = paths['/v1/sod/rules/try']['post']['requestBody']['content']['application/json'];
/** Who would be in conflict with a rule as it is drafted. */
export const sodTryQuery = (draft: SodDraft) =>
  queryOptions({
    queryKey: ['sod', 'try', draft],
    queryFn: ({ signal }) => take(api.POST('/v1/sod/rules/try', { body: draft, signal })),
    retry: false,
  });
export type SodChangeDraft = NonNullable<
  paths['/v1/sod/rules/{rule}/try']['post']['requestBody']
>['content']['application/json'];
/** Who would come into conflict with a rule, or out of it, if it were changed. */
export const sodTryChangeQuery = (rule: string, draft: SodChangeDraft) =>
  queryOptions({
    queryKey: ['sod', 'try', rule, draft],
    queryFn: ({ signal }) =>
      take(api.POST('/v1/sod/rules/{rule}/try', { params: { path: { rule } }, body: draft, signal })),
    retry: false,
  });

export const sodLibraryList = () =>
  pagesOf(['sod', 'library'], (_, signal) => take(api.GET('/v1/sod/library', { signal })));
export const adoptSodRules = (body: { ids: string[]; mode: 'record' | 'warn' | 'enforce' }) =>
  take(api.POST('/v1/sod/library/adopt', { body }));
export const sodFunctionQuery = (key: string) =>
  queryOptions({
    queryKey: ['sod', 'function', key],
    queryFn: ({ signal }) => take(api.GET('/v1/sod/library/function', { params: { query: { key } }, signal })),
  });
export const mapSodFunction = (key: string, entitlements: string[]) =>
  take(api.PUT('/v1/sod/library/function', { body: { key, entitlements } }));

export const sodControlRunsQuery = (exception: string) =>
  queryOptions({
    queryKey: ['sod', 'runs', exception],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/sod/exceptions/{exception}/runs', { params: { path: { exception } }, signal })),
  });
export const recordSodControlRun = (
  exception: string,
  body: { result: 'passed' | 'failed'; reference: string; note?: string },
) => take(api.POST('/v1/sod/exceptions/{exception}/runs', { params: { path: { exception } }, body }));

/** A file of rules, in one of its two forms. */
export type SodFile = { yaml: string } | { csv: string };
export const previewSodImport = (body: SodFile) => take(api.POST('/v1/sod/rules/import/preview', { body }));
export const importSodRules = (body: SodFile) => take(api.POST('/v1/sod/rules/import', { body }));
