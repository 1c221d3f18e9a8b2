import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Kv, KvData } from '#guard/vault/kv/index.ts';
import type { Log } from '#kit/log/index.ts';
import type { Asker } from '#spine/operations/index.ts';
import type { Proof } from '#surfaces/http/index.ts';
import { callerProver } from './prove-caller.ts';
import { mergePatch, readSeconds, readSettings, readValue, readVersions } from './read-body.ts';
import { sendError } from './send-error.ts';
import { historyOut, sendData, sendText, valueText, versionOut } from './wire.ts';

/** What the KV surface leans on; main.ts hands in the real ones. */
export interface KvParts {
  readonly kv: Kv;
  readonly log: Log;
  readonly authenticate: (proof: Proof) => Promise<Omit<Asker, 'trace'> | undefined>;
}

/** Where the secrets are mounted, as clients of the protocol expect them by default. */
export const MOUNT = '/v1/secret';
const MOST_BYTES = 1024 * 1024;
interface Given {
  Params: { '*': string };
  Querystring: Record<string, string | undefined>;
}

/**
 * Serves the folders of the vault by version 2 of HashiCorp Vault's KV protocol (`secret/data`, `metadata`, `delete`,
 * `undelete`, `destroy`; API documentation "KV secrets engine, version 2"), so that its clients read and write
 * unchanged. A token of Reeve is the token; every read is decided and recorded.
 */
export const mountKv =
  (parts: KvParts) =>
  async (app: FastifyInstance): Promise<void> => {
    await app.register(
      async (kv) => {
        const prover = callerProver(parts.authenticate);
        const callers = new WeakMap<FastifyRequest, Asker>();
        kv.addContentTypeParser(
          'application/merge-patch+json',
          { parseAs: 'string' },
          kv.getDefaultJsonParser('error', 'error'),
        );
        kv.setErrorHandler((error, request, reply) => sendError(parts.log, error, request, reply));
        kv.addHook('onRequest', (_request, reply, done) => {
          reply.header('cache-control', 'no-store');
          done();
        });
        mountReads(kv, parts.kv, prover);
        await kv.register(async (proved) => {
          // Before a body is read.
          proved.addHook('onRequest', async (request) => {
            callers.set(request, await prover.prove(request));
          });
          const callerOf = (request: FastifyRequest): Asker => {
            const caller = callers.get(request);
            if (caller === undefined) throw new Error('a secret was asked for by nobody');
            return caller;
          };
          mountValues(proved, parts.kv, callerOf);
          mountVersions(proved, parts.kv, callerOf);
          mountMetadata(proved, parts.kv, callerOf);
        });
      },
      { prefix: MOUNT, bodyLimit: MOST_BYTES },
    );
    mountSystem(app);
  };

type CallerOf = (request: FastifyRequest) => Asker;
const pathOf = (request: FastifyRequest<Given>): string => request.params['*'].replace(/\/+$/, '');

function mountReads(kv: FastifyInstance, store: Kv, prover: ReturnType<typeof callerProver>): void {
  kv.get<Given>('/data/*', async (request, reply) => {
    const asked = Number(request.query['version'] ?? 0);
    const version = Number.isInteger(asked) && asked > 0 ? asked : undefined;
    const found = await store.read(prover.holderOf(request), pathOf(request), version).catch((error: unknown) => {
      throw prover.refusalOf(request, error);
    });
    // A version that was deleted is answered with what is known of it, and 404.
    return sendText(reply, found.text === null ? 404 : 200, request.id, valueText(found));
  });
}

function mountValues(kv: FastifyInstance, store: Kv, callerOf: CallerOf): void {
  const url = '/data/*';
  kv.route<Given>({
    method: ['POST', 'PUT'],
    url,
    handler: async (request, reply) => {
      const { data, options } = readValue(request.body);
      const done = await store.write(callerOf(request), pathOf(request), data, options?.cas);
      return sendData(reply, 200, request.id, versionOut(done));
    },
  });
  kv.patch<Given>(url, async (request, reply) => {
    const { data, options } = readValue(request.body);
    const alter = (now: KvData): KvData => mergePatch(now, data) as KvData;
    const done = await store.patch(callerOf(request), pathOf(request), alter, options?.cas);
    return sendData(reply, 200, request.id, versionOut(done));
  });
  kv.delete<Given>(url, async (request, reply) => {
    await store.forget(callerOf(request), pathOf(request), 'delete');
    return reply.code(204).send();
  });
}

function mountVersions(kv: FastifyInstance, store: Kv, callerOf: CallerOf): void {
  for (const how of ['delete', 'undelete', 'destroy'] as const) {
    kv.route<Given>({
      method: ['POST', 'PUT'],
      url: `/${how}/*`,
      handler: async (request, reply) => {
        await store.forget(callerOf(request), pathOf(request), how, readVersions(request.body));
        return reply.code(204).send();
      },
    });
  }
}

function mountMetadata(kv: FastifyInstance, store: Kv, callerOf: CallerOf): void {
  const url = '/metadata/*';
  kv.get<Given>(url, async (request, reply) => {
    const path = pathOf(request);
    if (request.query['list'] !== 'true')
      return sendData(reply, 200, request.id, historyOut(await store.history(callerOf(request), path)));
    const keys = await store.list(callerOf(request), path);
    if (keys.length === 0) return reply.code(404).type('application/json').send('{"errors":[]}');
    return sendData(reply, 200, request.id, { keys });
  });
  kv.route<Given>({
    method: ['POST', 'PUT', 'PATCH'],
    url,
    handler: async (request, reply) => {
      const asked = readSettings(request.body);
      await store.settle(callerOf(request), pathOf(request), {
        // 0 asks for the default.
        maxVersions: asked.max_versions === 0 ? undefined : asked.max_versions,
        casRequired: asked.cas_required,
        deleteAfterSeconds:
          asked.delete_version_after === undefined ? undefined : readSeconds(asked.delete_version_after),
        labels: asked.custom_metadata === null ? {} : asked.custom_metadata,
      });
      return reply.code(204).send();
    },
  });
  kv.delete<Given>(url, async (request, reply) => {
    await store.remove(callerOf(request), pathOf(request));
    return reply.code(204).send();
  });
}

/** What clients ask before they read: whether it lives, and which version of the protocol is mounted where. */
function mountSystem(app: FastifyInstance): void {
  const state = { initialized: true, sealed: false, standby: false, version: '1.15.0', cluster_name: 'reeve' };
  app.get('/v1/sys/health', async () => state);
  app.get('/v1/sys/seal-status', async () => ({ ...state, type: 'reeve', t: 1, n: 1, progress: 0 }));
  app.get<Given>('/v1/sys/internal/ui/mounts/*', async (request, reply) =>
    sendData(reply, 200, request.id, { path: 'secret/', type: 'kv', options: { version: '2' } }),
  );
}
