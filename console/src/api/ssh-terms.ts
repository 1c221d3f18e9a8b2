import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';

/** What sessions on a host may do besides terminal and commands. */
export const sshTermsQuery = (systemId: string) =>
  queryOptions({
    queryKey: ['systems', 'ssh-terms', systemId],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/systems/{systemId}/ssh-terms', { params: { path: { systemId } }, signal })),
    retry: false,
  });

export interface SshTerms {
  readonly forwardTo: string[];
  readonly listenOn: number[];
  readonly agent: boolean;
  readonly files: 'both' | 'from_target' | 'to_target' | 'none';
  readonly deniedPaths: string[];
  readonly capture: CaptureTerms[];
}

/** Files that are kept with the recording. */
export interface CaptureTerms {
  readonly account: string | null;
  readonly direction: 'both' | 'from_target' | 'to_target';
  readonly path: string;
  readonly mostBytes: number;
  readonly beyond: 'go_on' | 'refuse';
}

export const setSshTerms = (systemId: string, terms: SshTerms) =>
  take(api.PUT('/v1/systems/{systemId}/ssh-terms', { params: { path: { systemId } }, body: terms }));
