import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  findKindDocument,
  findSchemaDocument,
  kindDocuments,
  KINDS,
  LIMITS,
  noResource,
  openPusher,
  providerConfig,
  runBulk,
  schemaDocuments,
  type JsonObject,
  type ProvenClient,
} from '#govern/scim/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';
import type { Operator } from '#spine/operations/index.ts';
import { mountResources } from './mount-resources.ts';
import { clientProver, mayWrite, outOfScope, type Caller } from './prove-client.ts';
import { readBodies } from './read-body.ts';
import { sendError } from './send-error.ts';
import { spellings, PREFIX, send, type Surface } from './surface.ts';

/** What the SCIM surface leans on; main.ts hands in the real ones. */
export interface ScimParts {
  readonly operator: Operator;
  readonly log: Log;
  /** Which client holds a token; undefined where it is unknown, over or revoked. */
  readonly authenticate: (token: string) => Promise<ProvenClient | undefined>;
  /** Where clients reach Reeve: the beginning of every `location`. */
  readonly publicUrl: string;
}

const MOST_BYTES = 1024 * 1024;

/** Serves SCIM 2.0 (RFC 7643, 7644, 9865) below `/scim/v2`, with its own errors, bodies and proof of who calls. */
export const mountScim =
  (parts: ScimParts) =>
  async (app: FastifyInstance): Promise<void> => {
    await app.register(
      async (scim) => {
        const prove = clientProver(parts.authenticate);
        const callers = new WeakMap<FastifyRequest, Caller>();
        readBodies(scim);
        scim.setErrorHandler((error, request, reply) => sendError(parts.log, error, request, reply));
        scim.setNotFoundHandler(() => {
          throw new AppError({
            code: 'scim.no_endpoint',
            status: 404,
            detail: 'there is no such endpoint or method',
            fix: 'see /ResourceTypes',
          });
        });
        scim.addHook('onRequest', async (request, reply) => {
          reply.header('cache-control', 'private, no-store');
          callers.set(request, await prove(request));
        });
        const surface: Surface = {
          scim,
          operator: parts.operator,
          base: `${parts.publicUrl.replace(/\/+$/, '')}${PREFIX}`,
          callerOf: (request) => {
            const caller = callers.get(request);
            if (caller === undefined) throw new Error('a SCIM route was reached by nobody');
            return caller;
          },
        };
        mountDiscovery(surface);
        mountResources(surface);
        mountBulk(surface);
      },
      { prefix: PREFIX, bodyLimit: MOST_BYTES },
    );
  };

/** RFC 7644 §4. A filter is refused there: the lists are short. */
function mountDiscovery({ scim, base }: Surface): void {
  const lists: readonly (readonly [string, (base: string) => JsonObject])[] = [
    ['/ServiceProviderConfig', providerConfig],
    // What Entra ID's validator calls it.
    ['/ServiceConfiguration', providerConfig],
    ['/serviceConfiguration', providerConfig],
    ['/Schemas', schemaDocuments],
    ['/ResourceTypes', kindDocuments],
  ];
  for (const [path, document] of lists) {
    for (const url of spellings(path))
      scim.get(url, async (request, reply) => {
        refuseFilter(request);
        return send(reply, 200, document(base));
      });
  }
  const ones: readonly (readonly [string, (name: string, base: string) => JsonObject | undefined])[] = [
    ['/Schemas/:id', findSchemaDocument],
    ['/ResourceTypes/:id', findKindDocument],
  ];
  for (const [path, find] of ones) {
    for (const url of spellings(path))
      scim.get<{ Params: { id: string } }>(url, async (request, reply) => {
        refuseFilter(request);
        const document = find(request.params.id, base);
        if (document === undefined) throw noResource(request.params.id);
        return send(reply, 200, document);
      });
  }
  for (const url of spellings('/Me'))
    scim.all(url, async () => {
      throw new AppError({
        code: 'scim.no_me',
        status: 501,
        detail: 'a client is a directory and no user, so there is no /Me',
      });
    });
}

function refuseFilter(request: FastifyRequest): void {
  if ((request.query as Record<string, unknown>)['filter'] !== undefined)
    throw new AppError({ code: 'scim.no_filter_here', status: 403, detail: 'discovery takes no filter' });
}

function mountBulk({ scim, operator, base, callerOf }: Surface): void {
  for (const url of spellings('/Bulk'))
    scim.post(url, { bodyLimit: LIMITS.bulkBytes }, async (request, reply) => {
      const { client, asker } = callerOf(request);
      if (!KINDS.some((kind) => mayWrite(client.scopes, kind))) throw outOfScope('write');
      const resource = { type: 'ScimClient', id: client.clientId };
      const answer = await operator.act(asker, { action: 'scim.push', resource }, async (ctx, permit) =>
        runBulk(ctx, permit, await openPusher(ctx.tx, client.clientId), request.body, {
          base,
          mayWrite: (kind) => mayWrite(client.scopes, kind),
        }),
      );
      return send(reply, 200, answer);
    });
}
