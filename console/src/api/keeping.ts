import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';

/** How long recordings are kept, what holds them, what is due, and the runs that take it away. */
export const keepingQuery = queryOptions({
  queryKey: ['keeping'],
  queryFn: ({ signal }) => take(api.GET('/v1/recording-keeping', { signal })),
  refetchInterval: 10_000,
});
export const putRecordingClass = ({
  name,
  ...rest
}: {
  readonly name: string;
  readonly place: number;
  readonly protocol?: 'ssh' | 'postgres' | 'mysql' | 'http';
  readonly systems: string[];
  readonly days?: number;
}) => take(api.PUT('/v1/recording-classes/{name}', { params: { path: { name } }, body: rest }));
export const removeRecordingClass = (name: string) =>
  take(api.DELETE('/v1/recording-classes/{name}', { params: { path: { name } } }));
export const holdRecordings = (body: {
  readonly scope: 'session' | 'identity' | 'system' | 'class';
  readonly subject: string;
  readonly reason: string;
}) => take(api.POST('/v1/recording-holds', { body }));
export const askToLiftHold = ({ id, because }: { readonly id: string; readonly because: string }) =>
  take(api.POST('/v1/recording-holds/{id}/ask-to-lift', { params: { path: { id } }, body: { because } }));
export const liftHold = (id: string) => take(api.POST('/v1/recording-holds/{id}/lift', { params: { path: { id } } }));
export const judgePurge = ({
  id,
  because,
  how,
}: {
  readonly id: string;
  readonly because: string;
  readonly how: 'accept' | 'decline';
}) =>
  take(
    how === 'accept'
      ? api.POST('/v1/recording-purges/{id}/accept', { params: { path: { id } }, body: { because } })
      : api.POST('/v1/recording-purges/{id}/decline', { params: { path: { id } }, body: { because } }),
  );
