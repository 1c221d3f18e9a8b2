import { existsSync, mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#kit/clock/index.ts';
import { loadConfig, type Config } from '#kit/config/index.ts';
import { selfSigned } from '#kit/crypto/index.ts';
import { migrate, openDb, sql, startEmbedded } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { installJobs, startWorker } from '#kit/jobs/index.ts';
import { followRings, openRings, type RootKeyPlaces } from '#kit/key-ring/index.ts';
import { openLog, type Log } from '#kit/log/index.ts';
import { outbound } from '#kit/outbound/index.ts';
import { connectors } from '#connectors/index.ts';
import { startHttpGateway } from '#gateways/http/index.ts';
import { startPostgresGateway } from '#gateways/postgres/index.ts';
import { makeHostKey, startSshGateway } from '#gateways/ssh/index.ts';
import { recordLoss } from '#guard/keys/index.ts';
import { startLapsing } from '#guard/jit/index.ts';
import { judgeGrantsAgain } from '#govern/requests/index.ts';
import { createClientAuthenticator } from '#govern/scim/index.ts';
import { openRecordings } from '#guard/sessions/recording/index.ts';
import { redeemPassword } from '#guard/gateway-passwords/index.ts';
import { redeemOnSite } from '#guard/web-sign-ins/index.ts';
import { gatewayPorts, LiveSessions, serveSessions } from '#guard/sessions/index.ts';
import { announceGateway, sessionCertificates } from '#guard/ssh-ca/index.ts';
import { createTargets } from '#guard/vault/index.ts';
import { openKv } from '#guard/vault/kv/index.ts';
import { identityOfSshKey } from '#platform/devices/index.ts';
import { createAuthenticator, lastSignIn, makeEnrolmentLink, needsFirstAdministrator } from '#platform/signin/index.ts';
import { startFollowing } from '#platform/webhooks/index.ts';
import { openCertificateDoor } from '#platform/workloads/index.ts';
import { startSequencer } from '#spine/audit/index.ts';
import { assembleSpine, type Spine } from '#spine/assemble.ts';
import { serveHttp } from '#surfaces/http/index.ts';
import { answerList, MOUNT, mountKv } from '#surfaces/kv/index.ts';
import { mountScim } from '#surfaces/scim/index.ts';
import { serveWorkloads } from '#surfaces/workloads/index.ts';
import { modules } from './modules.ts';
import { readGatewayTls, type GatewayTls } from './read-gateway-tls.ts';

/** Things to stop, newest first, each within a bounded time. */
class Running {
  readonly #stops: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  add(name: string, stop: () => Promise<void>): void {
    this.#stops.unshift({ name, stop });
  }
  async stop(log: Log, seconds: number): Promise<void> {
    for (const { name, stop } of this.#stops) {
      const late = new Promise<string>((done) => setTimeout(() => done('late'), (seconds + 5) * 1000).unref());
      const how = await Promise.race([stop().then(() => 'stopped'), late]).catch(() => 'failed');
      if (how !== 'stopped') log.warn(`${name} did not stop in time`, { how });
    }
  }
}

/** Starts Reeve as configured; returns when everything serves. */
async function up(config: Config, log: Log, running: Running, fail: (why: string) => void): Promise<void> {
  mkdirSync(config.dataDir, { recursive: true });
  const clock = systemClock;
  let url = config.databaseUrl;
  if (url === undefined) {
    const embedded = await startEmbedded({ dataDir: config.dataDir, log });
    running.add('PostgreSQL', () => embedded.stop());
    embedded.onExit(() => fail('the embedded PostgreSQL is gone and could not be brought back'));
    url = embedded.url;
  }
  await migrate({ url, log });
  await installJobs({ url, log });
  const db = await openDb({ url, clock, log, max: config.databaseConnections });
  running.add('database', () => db.close());
  const node = `${hostname()}/${newId()}`;
  const places = rootKeyPlaces(config);
  const rings = await openRings({ db, log, places, node, lost: (why) => void tellLoss(why) });
  const { keys } = rings;
  if (rings.vault.state !== 'open') log.warn('the vault is sealed', { why: rings.vault.because });

  const witnessPath = join(config.dataDir, 'audit-witness');
  const recordings = await openRecordings({ dir: config.recordingsDir, keys });
  let spine: Spine | undefined;
  const operator = (): Spine['operator'] => {
    if (spine === undefined) throw new Error('the spine is not assembled yet');
    return spine.operator;
  };
  const tellLoss = (why: string): Promise<unknown> =>
    recordLoss(operator().jobCtx('keys'), node, why).catch((error: unknown) =>
      log.error('that the vault was sealed could not be recorded', { error }),
    );
  mkdirSync(config.exchangeDir, { recursive: true });
  let webPort = config.webPublicPort === 0 ? config.webPort : config.webPublicPort;
  const registry = connectors({ exchangeDir: config.exchangeDir });
  const targets = createTargets({ keys, connectors: registry, job: () => operator().jobCtx('connector') });
  spine = await assembleSpine({
    db,
    clock,
    log,
    keys,
    modules: (decide) =>
      modules({
        db,
        keys,
        rings,
        places,
        node,
        decide,
        targets,
        recordings,
        judgeAgain: judgeGrantsAgain(() => operator().jobCtx('requests')),
        witnessPath,
        publicUrl: config.publicUrl,
        postgresGateway: {
          host: new URL(config.publicUrl).hostname,
          port: config.postgresPort,
          certificate: async () => (await readGatewayTls(config.gatewayTlsFile))?.certificate ?? null,
        },
        webGateway: {
          originOf: (site) => `https://${site}.${config.webDomain}${portOf(webPort)}`,
          certificate: async () => (await readGatewayTls(config.webTlsFile))?.certificate ?? null,
        },
        smtpUrl: config.smtpUrl,
        mailFrom: config.mailFrom,
        outbound: outbound({ allow: config.outboundAllow }),
        exchangeDir: config.exchangeDir,
        readingsAtOnce: config.readingsAtOnce,
        ticketPattern: config.ticketPattern,
        ticketUrl: config.ticketUrl,
      }),
  });
  running.add('keys', await followRings({ db, log, rings }));
  const sequencer = startSequencer({ db, keys, clock, log, witnessPath });
  running.add('sequencer', () => sequencer.stop());

  const roles = new Set(config.roles);
  if (roles.has('worker')) {
    const worker = await startWorker({
      url,
      db,
      tasks: spine.tasks,
      crontab: spine.crontab,
      concurrency: config.workerConcurrency,
      log,
    });
    running.add('worker', () => worker.stop(config.stopSeconds * 1000));
    running.add('webhooks', startFollowing({ job: () => operator().jobCtx('webhooks'), log }));
    running.add('lapses', startLapsing({ job: () => operator().jobCtx('jit'), log }));
  }
  if (roles.has('gateway')) {
    const edges = {
      db,
      clock,
      log,
      keys,
      operator: spine.operator,
      recordings,
      live: new LiveSessions(),
      node,
      publicUrl: config.publicUrl,
      identityOfKey: (fingerprint: string) => identityOfSshKey(db, fingerprint, clock.now()),
      ...sessionCertificates({ db, clock, keys }),
      lastSignIn,
      judgeAgain: judgeGrantsAgain(() => spine.operator.jobCtx('requests')),
    };
    running.add('sessions', await serveSessions(edges));
    const gateway = await startSshGateway(
      { host: config.sshHost, port: config.sshPort, hostKey: await sshHostKey(config.dataDir) },
      gatewayPorts(edges),
    );
    running.add('ssh gateway', () => gateway.stop(config.stopSeconds * 1000));
    await spine.operator
      .jobCtx('gateway')
      .act({ action: 'ssh_gateway.announce' }, (ctx, permit) =>
        announceGateway(ctx, permit, { ...gateway, ...reachedAt(config, gateway.address.port) }),
      );
    log.info('ssh gateway serves', {
      address: gateway.address.address,
      port: gateway.address.port,
      fingerprint: gateway.fingerprint,
    });
    const { key, certificate } = await gatewayTls(config.gatewayTlsFile, [
      new URL(config.publicUrl).hostname,
      'localhost',
      '127.0.0.1',
    ]);
    const postgres = await startPostgresGateway(
      { host: config.postgresHost, port: config.postgresPort, key, certificate },
      { ...gatewayPorts(edges), redeem: (offer) => redeemPassword(spine.operator.jobCtx('gateway'), offer) },
    );
    running.add('postgres gateway', () => postgres.stop(config.stopSeconds * 1000));
    log.info('postgres gateway serves', { address: postgres.address.address, port: postgres.address.port });
    const { port: sshPort } = gateway.address;
    const web = await startHttpGateway(
      {
        host: config.webHost,
        port: config.webPort,
        domain: config.webDomain,
        ...(config.webPublicPort === 0 ? {} : { publicPort: config.webPublicPort }),
        consoleUrl: config.publicUrl,
        ...(await gatewayTls(config.webTlsFile, [`*.${config.webDomain}`, config.webDomain])),
        allowLoopback: config.webAllowLoopback,
        ownPorts: [
          config.httpPort,
          sshPort,
          postgres.address.port,
          config.workloadPort,
          Number(new URL(url).port || 5432),
        ],
      },
      {
        log,
        admit: gatewayPorts(edges).admit,
        redeem: (offer) => redeemOnSite(spine.operator.jobCtx('gateway'), offer),
      },
    );
    running.add('web gateway', () => web.stop(config.stopSeconds * 1000));
    webPort = config.webPublicPort === 0 ? web.address.port : config.webPublicPort;
    log.info('web gateway serves', { address: web.address.address, port: web.address.port });
    console.log(`web      https://*.${config.webDomain}${portOf(webPort)}`);
    console.log(`postgres ${postgres.address.address}:${postgres.address.port}`);
    console.log(`ssh      ${gateway.address.address}:${gateway.address.port}  host key ${gateway.fingerprint}`);
  }
  if (roles.has('api')) {
    const consoleDir = ['./console', '../dist/console']
      .map((p) => fileURLToPath(new URL(p, import.meta.url)))
      .find((p) => existsSync(join(p, 'index.html')));
    const authenticate = createAuthenticator(db, clock);
    const http = await serveHttp({
      registry: spine.registry,
      operator: spine.operator,
      log,
      authenticate,
      host: config.httpHost,
      port: config.httpPort,
      publicUrl: config.publicUrl,
      ...(consoleDir === undefined ? {} : { consoleDir }),
      mount: async (app) => {
        await mountScim({
          operator: spine.operator,
          log,
          authenticate: createClientAuthenticator(db, clock),
          publicUrl: config.publicUrl,
        })(app);
        await mountKv({ kv: openKv({ keys, db, operator: spine.operator }), log, authenticate })(app);
      },
      answerUnread: (app, raw, socket) => answerList(app, raw, socket, `${MOUNT}/metadata/`),
      ready: async () => (await db.one<{ ok: boolean }>(sql`select true as ok`).catch(() => ({ ok: false }))).ok,
    });
    running.add('http', () => http.stop());
    if (config.workloadCertificateFile !== 'none') {
      const workloads = await serveWorkloads({
        door: openCertificateDoor({ db, operator: spine.operator }),
        log,
        host: config.workloadHost,
        port: config.workloadPort,
        certificateFile: config.workloadCertificateFile,
        keyFile: config.workloadKeyFile,
      });
      running.add('workloads', () => workloads.stop());
      console.log(`programs ${workloads.url}`);
    }
    console.log(`console  ${config.publicUrl}${consoleDir === undefined ? '  (not built: npm run build)' : ''}`);
    await printFirstLink(spine, config);
  }
}

/** A port as an address has it. */
const portOf = (port: number): string => (port === 443 ? '' : `:${String(port)}`);

/** Where this node finds root keys, as configured. */
const rootKeyPlaces = (config: Config): RootKeyPlaces => ({
  rootKeyFile: config.rootKeyFile,
  token:
    config.pkcs11Module === 'none'
      ? undefined
      : { module: config.pkcs11Module, token: config.pkcs11Token, pinFile: config.pkcs11PinFile },
  kms:
    config.awsKmsKey === 'none'
      ? undefined
      : {
          key: config.awsKmsKey,
          credentialsFile: config.awsKmsCredentialsFile,
          endpoint: config.awsKmsEndpoint === 'none' ? undefined : config.awsKmsEndpoint,
        },
});

/** Where people reach the gateway of this node. */
function reachedAt(config: Config, listensOn: number): { readonly address: string; readonly port: number } {
  const said = new URL(config.sshPublic === 'none' ? config.publicUrl : `ssh://${config.sshPublic}`);
  const port = config.sshPublic === 'none' || said.port === '' ? listensOn : Number(said.port);
  return { address: said.hostname.replace(/^\[|\]$/gu, ''), port };
}

/** Key and certificate of gateways that speak TLS, made at the first start and kept, since people verify it. */
async function gatewayTls(file: string, names: readonly string[]): Promise<GatewayTls> {
  const kept = await readGatewayTls(file);
  if (kept !== undefined) return kept;
  const made = selfSigned({ names: [...new Set(names)], from: systemClock.now(), days: 3650 });
  await writeFile(file, made.key + made.certificate, { mode: 0o600, flag: 'wx' });
  return made;
}

/** The gateway's host key, made at the first start and kept, since people pin it. */
async function sshHostKey(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, 'ssh_host_ed25519_key');
  if (!existsSync(path)) await writeFile(path, makeHostKey(), { mode: 0o600, flag: 'wx' });
  return await readFile(path);
}

async function printFirstLink(spine: Spine, config: Config): Promise<void> {
  const token = await spine.operator
    .jobCtx('boot')
    .act({ action: 'enrolment.create' }, async (ctx, permit) =>
      (await needsFirstAdministrator(ctx.tx))
        ? await makeEnrolmentLink(ctx, permit, { purpose: 'first_administrator', hours: 24 })
        : undefined,
    );
  if (token !== undefined)
    console.log(`first administrator, once, within 24 hours:\n         ${config.publicUrl}/setup#token=${token}`);
}

async function main(): Promise<void> {
  const { config } = loadConfig();
  const log = openLog({ level: config.logLevel, to: process.stderr });
  if (Number.parseInt(process.versions.node, 10) < 22) {
    log.warn('Node 20 gets no security fixes any more; run Reeve on Node 24 in production', {
      node: process.versions.node,
    });
  }
  const running = new Running();
  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) return;
    stopping = true;
    void running.stop(log, config.stopSeconds).then(() => process.exit(code));
  };
  process.on('SIGTERM', () => stop(0));
  process.on('SIGINT', () => stop(0));
  process.on('unhandledRejection', (error) => log.error('a promise failed and nobody looked', { error }));
  try {
    await up(config, log, running, (why) => {
      log.error(why);
      stop(1);
    });
    console.log('Reeve is up.');
  } catch (error) {
    log.error('Reeve could not start', { error });
    stop(1);
  }
}

try {
  await main();
} catch (error) {
  const told =
    error instanceof AppError ? `${error.message}${error.fix === undefined ? '' : `. ${error.fix}`}` : String(error);
  process.stderr.write(`reeve: ${told}\n`);
  process.exitCode = 1;
}
