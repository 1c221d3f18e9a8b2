import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#kit/clock/index.ts';
import { loadConfig, type Config } from '#kit/config/index.ts';
import { migrate, openDb, sql, startEmbedded } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { installJobs, startWorker } from '#kit/jobs/index.ts';
import { followRings, openRings, type RootKeyPlaces } from '#kit/key-ring/index.ts';
import { openLog, type Log } from '#kit/log/index.ts';
import { measureProcess } from '#kit/metrics/index.ts';
import { outbound } from '#kit/outbound/index.ts';
import { connectors } from '#connectors/index.ts';
import { recordLoss } from '#guard/keys/index.ts';
import { startLookouts } from '#guard/isolation/index.ts';
import { startLapsing } from '#guard/jit/index.ts';
import { judgeGrantsAgain } from '#govern/requests/index.ts';
import { createClientAuthenticator } from '#govern/scim/index.ts';
import { openRecordings } from '#guard/sessions/recording/index.ts';
import { closeSilentSessions, GatewayDoors, LiveSessions, serveSessions } from '#guard/sessions/index.ts';
import { sessionCertificates, type GatewayPlace } from '#guard/ssh-ca/index.ts';
import { createTargets } from '#guard/vault/index.ts';
import { openKv } from '#guard/vault/kv/index.ts';
import { sshLogins } from '#platform/devices/index.ts';
import { holdNode } from '#platform/nodes/index.ts';
import {
  createAuthenticator,
  lastSignIn,
  makeEnrolmentLink,
  needsFirstAdministrator,
  proveTokens,
} from '#platform/signin/index.ts';
import { startFollowing } from '#platform/webhooks/index.ts';
import { openCertificateDoor } from '#platform/workloads/index.ts';
import { startSequencer } from '#spine/audit/index.ts';
import { assembleSpine, type Spine } from '#spine/assemble.ts';
import { mountBrowser } from '#surfaces/browser/index.ts';
import { serveHealth } from '#surfaces/health/index.ts';
import { serveHttp } from '#surfaces/http/index.ts';
import { answerList, MOUNT, mountKv } from '#surfaces/kv/index.ts';
import { mountScim } from '#surfaces/scim/index.ts';
import { serveWorkloads } from '#surfaces/workloads/index.ts';
import { browserParts } from './browser-parts.ts';
import { databasesReachedAt, portOf } from './gateway-places.ts';
import { modules } from './modules.ts';
import { recordingStore } from './recording-store.ts';
import { nodeOf, refuseWithoutDatabase } from './node-of.ts';
import { readGatewayTls } from './read-gateway-tls.ts';
import { Running } from './running.ts';
import { startGateways } from './start-gateways.ts';

/** Starts Reeve as configured; returns when everything serves. */
async function up(config: Config, log: Log, running: Running, fail: (why: string) => void): Promise<void> {
  mkdirSync(config.dataDir, { recursive: true });
  const clock = systemClock;
  let url = config.databaseUrl;
  if (url === undefined) {
    refuseWithoutDatabase(config);
    const embedded = await startEmbedded({ dataDir: config.dataDir, log });
    running.add('PostgreSQL', () => embedded.stop());
    embedded.onExit(() => fail('the embedded PostgreSQL is gone and could not be brought back'));
    url = embedded.url;
  }
  await migrate({ url, log });
  await installJobs({ url, log });
  const db = await openDb({ url, clock, log, max: config.databaseConnections });
  running.add('database', () => db.close());
  const self = nodeOf(config);
  const { node } = self;
  const places = rootKeyPlaces(config);
  const rings = await openRings({ db, log, places, node, lost: (why) => void tellLoss(why) });
  const { keys } = rings;
  if (rings.vault.state !== 'open') log.warn('the vault is sealed', { why: rings.vault.because });

  const witnessPath = join(config.dataDir, 'audit-witness');
  const recordings = openRecordings({
    store: await recordingStore(config, log),
    keys,
    waitSeconds: config.recordingWaitSeconds,
  });
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
  const gatewayCertificate = async (): Promise<string | null> =>
    (await readGatewayTls(config.gatewayTlsFile))?.certificate ?? null;
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
        postgresGateway: { ...databasesReachedAt(config).postgres, certificate: gatewayCertificate },
        mysqlGateway: { ...databasesReachedAt(config).mysql, certificate: gatewayCertificate },
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
  const roles = new Set(config.roles);
  const live = new LiveSessions();
  const doors = new GatewayDoors({ live, log, now: () => clock.now() });
  running.doors = doors;
  running.add(
    'node',
    await holdNode({
      db,
      log,
      job: () => operator().jobCtx('nodes'),
      node: self,
      state: () => doors.state,
      liveSessions: () => live.size,
      drain: () => void doors.drain(config.drainSeconds),
    }),
  );
  running.add(
    'records of silent nodes',
    closeSilentSessions({ db, clock, log, operator: spine.operator, recordings, node, live }),
  );
  if (roles.has('api') || roles.has('worker')) {
    const sequencer = startSequencer({ db, keys, clock, log, witnessPath });
    running.add('sequencer', () => sequencer.stop());
  }
  const ready = async (): Promise<boolean> =>
    doors.state === 'serving' &&
    (await db.one<{ ok: boolean }>(sql`select true as ok`).catch(() => ({ ok: false }))).ok;

  let ownGateway: GatewayPlace | undefined;
  let databaseGateways = databasesReachedAt(config);
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
    running.add('lookouts', startLookouts({ job: () => operator().jobCtx('isolation'), targets, node, log }));
  }
  if (roles.has('gateway')) {
    const edges = {
      db,
      clock,
      log,
      keys,
      operator: spine.operator,
      recordings,
      live,
      node,
      publicUrl: config.publicUrl,
      logins: sshLogins({ db, clock, log, keys, operator: spine.operator, node, publicUrl: config.publicUrl }),
      ...sessionCertificates({ db, clock, keys }),
      lastSignIn,
      judgeAgain: judgeGrantsAgain(() => spine.operator.jobCtx('requests')),
    };
    running.add('sessions', await serveSessions(edges));
    const gateways = await startGateways({ config, databaseUrl: url, edges, operator: spine.operator, doors });
    ownGateway = gateways.ssh;
    databaseGateways = gateways.databases;
    webPort = gateways.webPort;
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
        mountBrowser(
          browserParts({
            db,
            clock,
            keys,
            operator: spine.operator,
            log,
            publicUrl: config.publicUrl,
            authenticate,
            ownGateway,
            databaseGateways: {
              postgres: { ...databaseGateways.postgres, certificate: gatewayCertificate },
              mysql: { ...databaseGateways.mysql, certificate: gatewayCertificate },
            },
            mostFileBytes: config.browserFileMib * 1024 * 1024,
          }),
        )(app);
        await mountKv({ kv: openKv({ keys, db, operator: spine.operator, proveTokens }), log, authenticate })(app);
      },
      answerUnread: (app, raw, socket) => answerList(app, raw, socket, `${MOUNT}/metadata/`),
      ready,
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
  if (config.healthListen !== 'none') {
    const { hostname: host, port } = new URL(`tcp://${config.healthListen}`);
    const ofProcess = measureProcess();
    const health = await serveHealth({
      host: host.replace(/^\[|\]$/gu, ''),
      port: Number(port),
      log,
      ready,
      measure: () => [...self.measure(), ...ofProcess(), ...doors.measure()],
    });
    running.add('health', () => health.stop());
    console.log(`health   ${health.url}`);
  }
}

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
  const running = new Running(log, config);
  process.on('SIGTERM', () => running.leave(0));
  process.on('SIGINT', () => running.leave(0));
  process.on('unhandledRejection', (error) => log.error('a promise failed and nobody looked', { error }));
  try {
    await up(config, log, running, (why) => {
      log.error(why);
      running.leave(1);
    });
    console.log('Reeve is up.');
  } catch (error) {
    log.error('Reeve could not start', { error });
    running.leave(1);
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
