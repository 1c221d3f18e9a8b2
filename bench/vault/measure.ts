import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AddressInfo } from 'node:net';
import { systemClock } from '#kit/clock/index.ts';
import { hashToken, type Keys } from '#kit/crypto/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { openKv } from '#guard/vault/kv/index.ts';
import { createFolder, vaultModule } from '#guard/vault/index.ts';
import { createAuthenticator, proveTokens, signinModule } from '#platform/signin/index.ts';
import { decideModule } from '#spine/decide/index.ts';
import type { Spine } from '#spine/assemble.ts';
import { createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { serveHttp } from '#surfaces/http/index.ts';
import { mountKv } from '#surfaces/kv/index.ts';
import { benchMay, withHouse } from '../house/index.ts';
import type { BenchLine } from '../report.ts';
import type { LoadOrder, LoadResult } from './load.ts';

/** How large everything is. */
interface VaultScale {
  readonly folders: number;
  readonly clients: number;
  readonly secrets: number;
  readonly connections: number;
  readonly seconds: number;
}
const FULL: VaultScale = { folders: 10, clients: 40, secrets: 2_000, connections: 64, seconds: 5 };
const ROUNDS = 3;

/**
 * Secrets read and written over HTTP with the token proved, policy asked, the value opened or sealed and the audit event
 * committed (fsync on), beside a route of the same server that returns a constant, in turns in one run. The answers of
 * the constant are as long as those of a read. The load is made by a process of its own. It runs built: see `bench/vault.ts`.
 */
export async function measureVault(scale: VaultScale = FULL): Promise<readonly BenchLine[]> {
  let kept: Keys | undefined;
  return await withHouse(
    ({ decide, db, keys }) => {
      kept = keys;
      return [
        graphModule,
        decideModule({ decide }),
        vaultModule({ keys }),
        signinModule({ db, keys, publicUrl: 'http://localhost' }),
        benchMay('bench.arrange'),
      ];
    },
    async (spine, db) => {
      if (kept === undefined) throw new Error('a house has keys');
      return await measure(spine, db, kept, scale);
    },
  );
}

async function measure(spine: Spine, db: Db, keys: Keys, scale: VaultScale): Promise<BenchLine[]> {
  const authenticate = createAuthenticator(db, systemClock);
  const constant = JSON.stringify({ data: { data: { user: 'app', password: 'x'.repeat(500) }, metadata: {} } });
  let port = 0;
  const server = await serveHttp({
    registry: spine.registry,
    operator: spine.operator,
    log: silentLog,
    authenticate,
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://localhost',
    ready: () => Promise.resolve(true),
    mount: async (app) => {
      app.get('/v1/constant/*', async (_request, reply) => reply.type('application/json').send(constant));
      await mountKv({ kv: openKv({ keys, db, operator: spine.operator, proveTokens }), log: silentLog, authenticate })(
        app,
      );
      app.addHook('onListen', async () => {
        port = (app.server.address() as AddressInfo).port;
      });
    },
  });
  try {
    const asked = await makeWorld(spine, scale);
    const load = (requests: readonly string[], perSecond?: number): Promise<LoadResult> =>
      runLoad({ port, requests, connections: scale.connections, seconds: scale.seconds, perSecond });
    rateOf(await runLoad({ port, requests: asked.writes, connections: scale.connections }));
    // as autovacuum would have by the next minute
    await db.run(sql`analyze`);
    await load(asked.constants);
    await load(asked.reads);
    const rounds = async (...kinds: (readonly string[])[]): Promise<number[]> => {
      const rates = kinds.map((): number[] => []);
      for (let round = 0; round < ROUNDS; round += 1)
        for (const [i, kind] of kinds.entries()) rates[i]?.push(rateOf(await load(kind)));
      return rates.map(middle);
    };
    const [base = 0, read = 0] = await rounds(asked.constants, asked.reads);
    const half = await load(asked.reads, read / 2);
    // One secret in a hundred is written while the others are read.
    const [mixed = 0] = await rounds(asked.reads.map((head, i) => (i % 100 === 0 ? (asked.writes[i] ?? head) : head)));
    const [write = 0] = await rounds(asked.writes);
    const halfWrites = await load(asked.writes, write / 2);
    return [
      line(scale, 'reads_per_second', read, '1/s', base),
      line(scale, 'reads_and_1_percent_writes_per_second', mixed, '1/s', base),
      line(scale, 'writes_per_second', write, '1/s', base),
      line(scale, 'read_p99_ms_at_half_load', half.p99Ms, 'ms'),
      line(scale, 'write_p99_ms_at_half_load', halfWrites.p99Ms, 'ms'),
    ];
  } finally {
    await server.stop();
  }
}

const middle = (rates: readonly number[]): number =>
  [...rates].sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;

function rateOf(result: LoadResult): number {
  if (result.failed > 0)
    throw new Error(
      `${result.failed} of ${result.answered + result.failed} requests failed, the last with ${result.lastFailure}`,
    );
  return result.answered / result.seconds;
}

function runLoad(order: LoadOrder): Promise<LoadResult> {
  return new Promise((done, failed) => {
    const child = fork(fileURLToPath(new URL('./load.js', import.meta.url)), { execArgv: [] });
    child.once('message', (result) => done(result as LoadResult));
    child.once('exit', (code) => failed(new Error(`the load ended with ${code}`)));
    child.send(order);
  });
}

function line(scale: VaultScale, metric: string, value: number, unit: string, baseline?: number): BenchLine {
  const name = `${scale.secrets.toLocaleString('en')} secrets, ${scale.clients} clients, ${scale.connections} connections`;
  return {
    bench: 'vault',
    case: name,
    metric,
    value,
    unit,
    baseline: baseline ?? null,
    ratio: baseline === undefined ? null : value / baseline,
  };
}

/** Folders, clients that read and write in all of them, and a first value of each secret. */
async function makeWorld(
  spine: Spine,
  scale: VaultScale,
): Promise<{ constants: readonly string[]; reads: readonly string[]; writes: readonly string[] }> {
  const tokens = Array.from({ length: scale.clients }, (_, i) => `rv_client${i}`);
  await spine.operator.jobCtx('bench').act({ action: 'bench.arrange' }, async (ctx, permit) => {
    const owner = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'Owner' } });
    const folders = [];
    for (let i = 0; i < scale.folders; i += 1)
      folders.push(await createFolder(ctx, permit, { path: `team${i}`, description: 'measured', ownerId: owner.id }));
    for (const token of tokens) {
      const { id } = await createIdentity(ctx, permit, { kind: 'service', facts: { displayName: token } });
      for (const folder of folders) {
        const entitlementId = folder.writeEntitlementId;
        await startGrant(ctx, permit, { identityId: id, entitlementId, origin: 'admin', reason: 'measured' });
      }
      await ctx.tx.run(sql`
        insert into api_token (id, token_hash, identity_id, name, scopes, created_at, ends_at)
        values (${newId()}, ${hashToken(token)}, ${id}, 'bench', ${['*']}, ${ctx.now}, ${ctx.now}::timestamptz + interval '1 day')`);
    }
  });
  const names = Array.from({ length: scale.secrets }, (_, i) => `team${i % scale.folders}/app${i}`);
  const body = JSON.stringify({ data: { user: 'app', password: 'x'.repeat(500) } });
  const head = (method: string, path: string, i: number, content?: string): string =>
    `${method} /v1/${path} HTTP/1.1\r\nhost: localhost\r\nx-vault-token: ${tokens[i % tokens.length] ?? ''}\r\n` +
    (content === undefined
      ? '\r\n'
      : `content-type: application/json\r\ncontent-length: ${content.length}\r\n\r\n${content}`);
  const writes = names.map((name, i) => head('POST', `secret/data/${name}`, i, body));
  return {
    constants: names.map((name, i) => head('GET', `constant/${name}`, i)),
    reads: names.map((name, i) => head('GET', `secret/data/${name}`, i)),
    writes,
  };
}
