import { outbound } from '#kit/outbound/index.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectors } from '#connectors/index.ts';
import { makeHostKey, startSshGateway, type SshGateway } from '#gateways/ssh/index.ts';
import {
  gatewayPorts,
  LiveSessions,
  serveSessions,
  type AdmissionEdges,
  type Recordings,
} from '#guard/sessions/index.ts';
import { openRecordings, storeInFolder, type RecordingStore } from '#guard/sessions/recording/index.ts';
import { announceGateway, sessionCertificates } from '#guard/ssh-ca/index.ts';
import { createTargets } from '#guard/vault/index.ts';
import { sql } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { newId } from '#kit/ids/index.ts';
import { judgeGrantsAgain } from '#govern/requests/index.ts';
import { sshLogins } from '#platform/devices/index.ts';
import { lastSignIn } from '#platform/signin/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { modules } from '../../src/modules.ts';
import { testHouse, type House, type HouseOptions } from './house.ts';

/** Every module of Reeve and its SSH gateway in this process, wired as main.ts wires them, over a test database. */
export interface GuardedHouse extends House {
  readonly gateway: SshGateway;
  readonly recordingsDir: string;
  /** What its gateways are handed, for a test that stands in for one. */
  readonly edges: AdmissionEdges;
  /** Where systems without an API have their folders. */
  readonly exchangeDir: string;
}

/** What a test may choose of the whole product. */
export interface GuardedHouseOptions extends HouseOptions {
  /** Where its mails go; absent: none is sent. */
  readonly smtpUrl?: string;
  /** Private addresses its webhooks may go to. */
  readonly outboundAllow?: readonly string[];
  /** Where its recordings are; absent: a new folder. */
  readonly recordingsDir?: string;
  readonly recordingStore?: (dir: string) => Promise<RecordingStore>;
  readonly recordingWaitSeconds?: number;
  /** Where people find the console; absent: an address nothing listens at. */
  readonly publicUrl?: string;
  /** Registered keys are worth what they are by default: half of a login. Absent: they let people in alone, and nobody comes without one, as in most tests. */
  readonly keysNeedMore?: true;
}

export async function guardedHouse(options: GuardedHouseOptions = {}): Promise<GuardedHouse> {
  const recordingsDir = options.recordingsDir ?? mkdtempSync(join(tmpdir(), 'reeve-recordings-'));
  const exchangeDir = mkdtempSync(join(tmpdir(), 'reeve-exchange-'));
  const publicUrl = options.publicUrl ?? 'http://localhost:8470';
  let connector: (() => JobCtx) | undefined;
  let requests: (() => JobCtx) | undefined;
  let recordings: Awaited<ReturnType<typeof openRecordings>> | undefined;
  const house = await testHouse(({ db, keys, rings, places, decide }) => {
    const targets = createTargets({
      keys,
      connectors: connectors({ exchangeDir }),
      job: () => {
        if (connector === undefined) throw new Error('not assembled yet');
        return connector();
      },
    });
    const lazy = {
      begin: (...args: Parameters<Awaited<ReturnType<typeof openRecordings>>['begin']>) => need().begin(...args),
      asciicast: (id: string) => need().asciicast(id),
      files: (...args: Parameters<Recordings['files']>) => need().files(...args),
      file: (...args: Parameters<Recordings['file']>) => need().file(...args),
      text: (id: string) => need().text(id),
      statements: (...args: Parameters<Awaited<ReturnType<typeof openRecordings>>['statements']>) =>
        need().statements(...args),
      verify: (id: string, head: string | undefined) => need().verify(id, head),
      end: (id: string) => need().end(id),
      follow: (ask: Parameters<Recordings['follow']>[0]) => need().follow(ask),
      remove: (id: string) => need().remove(id),
    };
    const need = (): Awaited<ReturnType<typeof openRecordings>> => {
      if (recordings === undefined) throw new Error('not open yet');
      return recordings;
    };
    return modules({
      db,
      keys,
      rings,
      places,
      node: 'this',
      decide,
      targets,
      recordings: lazy,
      judgeAgain: judgeGrantsAgain(() => {
        if (requests === undefined) throw new Error('not assembled yet');
        return requests();
      }),
      publicUrl,
      webGateway: { originOf: (site) => `https://${site}.web.localhost:8472`, certificate: async () => null },
      postgresGateway: { host: '127.0.0.1', port: 5470, certificate: async () => null },
      mysqlGateway: { host: '127.0.0.1', port: 5471, certificate: async () => null },
      smtpUrl: options.smtpUrl,
      outbound: outbound({ allow: options.outboundAllow ?? [] }),
      mailFrom: 'reeve@larkspur.example',
    });
  }, options);
  connector = () => house.as('connector');
  requests = () => house.as('requests');
  const opened = openRecordings({
    store: await (options.recordingStore ?? storeInFolder)(recordingsDir),
    keys: house.keys,
    waitSeconds: options.recordingWaitSeconds ?? 60,
  });
  recordings = opened;
  // As in production: machine and process.
  const node = `test-machine/${newId()}`;
  const edges = {
    db: house.db,
    clock: house.clock,
    log: options.log ?? silentLog,
    keys: house.keys,
    operator: house.operator,
    recordings: opened,
    live: new LiveSessions(),
    node,
    publicUrl,
    logins: sshLogins({ ...house, log: options.log ?? silentLog, node, publicUrl }),
    ...sessionCertificates(house),
    lastSignIn,
    judgeAgain: judgeGrantsAgain(() => house.operator.jobCtx('requests')),
  };
  if (options.keysNeedMore !== true)
    await house.db.run(sql`update ssh_login_policy set registered_key = 'alone', without_key = false`);
  const stopSessions = await serveSessions(edges);
  const gateway = await startSshGateway({ hostKey: makeHostKey() }, gatewayPorts(edges));
  await house
    .as('gateway')
    .act({ action: 'ssh_gateway.announce' }, (ctx, permit) =>
      announceGateway(ctx, permit, { ...gateway, address: '127.0.0.1', port: gateway.address.port }),
    );
  return {
    ...house,
    gateway,
    recordingsDir,
    edges,
    exchangeDir,
    close: async () => {
      await gateway.stop(0);
      await stopSessions();
      await house.close();
      for (const dir of [recordingsDir, exchangeDir]) rmSync(dir, { recursive: true, force: true });
    },
  };
}
