import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeHostKey, startSshGateway, type SshGateway } from '#gateways/ssh/index.ts';
import { gatewayPorts, type AdmissionEdges } from '#guard/sessions/index.ts';
import { openRecordings, type RecordingStore } from '#guard/sessions/recording/index.ts';
import { folderStore } from '#guard/sessions/recording/store/in-folder.ts';
import { sql } from '#kit/db/index.ts';
import { makeSshKey, startPostgres, type LabPostgres } from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { run, start, until, type Running } from '#test/ssh-rig/run-program.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';
import { guardedHouse, type GuardedHouse } from '../harness/guarded-house.ts';
import { openAccount } from '../harness/open-account.ts';
import { openDatabase, type OpenDatabase } from '../harness/open-database.ts';
import { smallDisk, type SmallDisk } from '../harness/small-disk.ts';
import { registerKey } from '#test/harness/register-key.ts';

/** A real shell and a real psql through the gateways, while a real disk is full, cannot be written, or does not answer. */
const sshdPath = findSshd();
const disk = smallDisk(2 * 2 ** 20, import.meta.dirname);
const why = sshdPath === undefined ? 'no sshd on this machine' : typeof disk === 'string' ? disk : undefined;
if (why !== undefined) console.log(`SKIP nothing-runs-unrecorded: ${why}`);

describe.skipIf(why !== undefined)('a store of recordings that takes nothing', () => {
  const { path, fill, free, writable, remove } = disk as SmallDisk;
  let house: GuardedHouse;
  let edges: AdmissionEdges;
  let gateway: SshGateway;
  let sshd: Sshd;
  let lab: LabPostgres;
  let db: OpenDatabase;
  let ssh: SshUser;
  let lena: string;
  let officer: string;
  /** The policy of the sessions that begin now. */
  let waitSeconds = 60;
  /** The store answers nothing until this resolves. */
  let answers: Promise<void> = Promise.resolve();
  const running: (ReturnType<SshUser['start']>['process'] | Running['child'])[] = [];

  const hangs = (store: RecordingStore): RecordingStore => ({
    ...store,
    write: async (...args) => {
      const files = await store.write(...args);
      const write = async (name: string, data: Buffer): Promise<void> => {
        await answers;
        await files.write(name, data);
      };
      return Object.defineProperties({ write } as typeof files, {
        behind: { get: () => files.behind },
        settlingSince: { get: () => files.settlingSince },
        settle: { value: () => files.settle() },
      });
    },
  });

  beforeAll(async () => {
    const key = await makeSshKey('lena@laptop');
    [house, sshd, lab] = await Promise.all([
      guardedHouse({ recordingsDir: path }),
      startSshd(sshdPath ?? ''),
      startPostgres({ binaries: 'debian' }),
    ]);
    [lena, officer] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
      const [person, boss] = [
        await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'L', username: 'lena' } }),
        await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'O', username: 'officer' } }),
      ];
      const entitlementId = ADMIN_ROLES.security_officer;
      await startGrant(ctx, permit, { identityId: boss.id, entitlementId, origin: 'admin', reason: 'test' });
      return [person.id, boss.id] as const;
    });
    await registerKey(house, lena, key.publicKey);
    const { user: account, port, hostFingerprint: hostKeyFingerprint, privateKey } = sshd;
    const target = { system: 'web1', host: '127.0.0.1', port, hostKeyFingerprint, account, privateKey, holder: lena };
    await openAccount(house, target);
    const store = hangs(folderStore(path));
    const begin: AdmissionEdges['recordings']['begin'] = (...args) =>
      openRecordings({ store, keys: house.keys, waitSeconds, slowMs: 600 }).begin(...args);
    edges = { ...house.edges, recordings: { ...house.edges.recordings, begin } };
    gateway = await startSshGateway({ hostKey: makeHostKey() }, gatewayPorts(edges));
    db = await openDatabase({ ...house, edges }, { system: 'orders', lab, account: 'postgres', holder: lena });
    ssh = sshUser({ port: gateway.address.port }, key.privateKey);
  });
  afterEach(async () => {
    free();
    for (const child of running.splice(0)) child.kill('SIGKILL');
    await until(
      async () => (await house.db.maybe(sql`select id from session where state = 'live'`)) === undefined,
      'the last session to end',
      20_000,
    );
  });
  afterAll(async () => {
    ssh?.forget();
    await gateway?.stop(0);
    await db?.close();
    await house?.close();
    await sshd?.stop();
    await lab?.stop();
    rmSync(path, { recursive: true, force: true });
    remove();
  });

  interface Client {
    type(line: string): void;
    shows(words: string): Promise<void>;
    readonly session: string;
  }
  const client = async (
    process: (typeof running)[number],
    output: () => string,
    greets: readonly [line: string, answer: string],
  ): Promise<Client> => {
    running.push(process);
    process.stdin?.on('error', () => undefined);
    const type = (line: string): void => void process.stdin?.write(`${line}\n`);
    const shows = (words: string): Promise<void> =>
      until(() => output().includes(words), `the client to show ${words}; it shows: ${output().slice(-600)}`, 20_000);
    type(greets[0]);
    await shows(greets[1]);
    const { id } = await house.db.one<{ id: string }>(sql`select id from session order by id desc limit 1`);
    return { type, shows, session: id };
  };
  const shell = (): Promise<Client> => {
    const it = ssh.start(`${sshd.user}@web1`, [], { tty: true });
    return client(it.process, it.output, ['echo rea""dy', 'ready']);
  };
  const psql = async (): Promise<Client> => {
    const ask = { system: 'orders' };
    const { password } = await house.perform<{ password: string }>('gatewayPasswords.issue', ask, lena);
    const it = start('psql', ['-X', '-A', '-t', '-q'], { env: db.env(password), stdin: 'open', limitMs: 60_000 });
    return client(it.child, () => it.stdout() + it.stderr(), ["select 'rea' || 'dy';", 'ready']);
  };
  const rowOf = (id: string) =>
    house.perform<{ state: string; held: string | null; recordingBehind: string | null; endedBecause: string | null }>(
      'sessions.show',
      { id },
      officer,
    );
  const ended = async (id: string): Promise<string> => {
    await until(async () => (await rowOf(id)).state === 'ended', 'the session to end', 20_000);
    return (await rowOf(id)).endedBecause ?? '';
  };
  const held = (id: string): Promise<void> =>
    until(() => edges.live.control(id)?.held === true, 'the gateway to hold the session');
  const over = (id: string): Promise<void> =>
    until(() => edges.live.control(id) === undefined, 'the gateway to end the session');
  const told = async (id: string): Promise<unknown[]> =>
    (
      await house.db.many<{ type: string; data: { why?: string } }>(
        sql`select type, data from audit_event where type like 'recording.%' and data ->> 'sessionId' = ${id} order by at, id`,
      )
    ).map(({ type, data }) => [type, data.why]);
  const made = async (name: string): Promise<boolean> => {
    if (name.startsWith('/')) return (await run('test', ['-e', name])).code === 0;
    const found = await run('psql', ['-X', '-At', '-c', `select to_regclass('${name}')`], { env: lab.env() });
    return found.stdout.toString().trim() !== '';
  };
  const isWhole = async (id: string): Promise<void> =>
    expect(await house.perform('sessions.verify', { id }, officer)).toMatchObject({ ok: true, problem: null });

  /** What is asked while nothing may run, and how that shows: typed at a terminal it is dropped, a statement waits. */
  const ways = [
    {
      how: 'shell',
      open: shell,
      ask: (name: string) => `touch ${sshd.dir}/${name}`,
      at: (n: string) => `${sshd.dir}/${n}`,
    },
    { how: 'psql', open: psql, ask: (name: string) => `create table ${name} ();`, at: (n: string) => n },
  ] as const;

  for (const { how, open, ask, at } of ways) {
    const something = how === 'shell' ? 'echo some""thing' : "select 'some' || 'thing';";

    test(`${how}: on a full disk nothing flows, and it goes on once there is room`, async () => {
      waitSeconds = 60;
      const it = await open();
      fill();
      it.type(something);
      await held(it.session);
      it.type(ask('made_on_a_full_disk'));
      await it.shows('Reeve: the store of recordings is full; nothing flows');
      await until(async () => (await rowOf(it.session)).recordingBehind === 'full', 'the row to say so');
      expect((await rowOf(it.session)).held).toBe('recording');
      const other = await ssh.run(`${sshd.user}@web1`, ['true']);
      expect([other.code, other.err]).toEqual([1, expect.stringContaining('recording.cannot_begin') as string]);
      expect(await made(at('made_on_a_full_disk'))).toBe(false);
      free();
      await it.shows('Reeve: this session is recorded again and goes on');
      it.type(ask(`made_after_${how}`));
      await until(() => made(at(`made_after_${how}`)), 'what is asked to run again');
      expect(await made(at('made_on_a_full_disk'))).toBe(how === 'psql');
      it.type(how === 'shell' ? 'exit' : '\\q');
      await ended(it.session);
      expect(await told(it.session)).toEqual([
        ['recording.behind', 'full'],
        ['recording.caught_up', undefined],
      ]);
      await isWhole(it.session);
    });

    test(`${how}: a disk that cannot be written ends it after the time it may wait${how === 'shell' ? ', or at once' : ''}`, async () => {
      for (waitSeconds of how === 'shell' ? [1, 0] : [1]) {
        const it = await open();
        await writable(false);
        try {
          it.type(something);
          if (waitSeconds > 0) await held(it.session);
          else await over(it.session);
          it.type(ask(`made_unwritable_${waitSeconds}`));
          if (waitSeconds > 0) await it.shows('Reeve: the store of recordings cannot be written; nothing flows');
          await it.shows('can no longer be recorded and was ended: the store of recordings cannot be written');
        } finally {
          await writable(true);
        }
        expect(await ended(it.session)).toContain('the store of recordings cannot be written');
        expect(await made(at(`made_unwritable_${waitSeconds}`))).toBe(false);
        expect(await told(it.session)).toEqual(waitSeconds > 0 ? [['recording.behind', 'unwritable']] : []);
        // what flowed before was written once it could be
        await isWhole(it.session);
      }
    });

    test(`${how}: a store that does not answer holds it, until it does or for so long`, async () => {
      waitSeconds = 1;
      const it = await open();
      let answer = (): void => {};
      const silent = (): void => {
        answers = new Promise((done) => {
          answer = done;
        });
      };
      silent();
      it.type(something);
      await held(it.session);
      it.type(ask('made_while_slow'));
      await it.shows('Reeve: the store of recordings is too slow; nothing flows');
      answer();
      await it.shows('Reeve: this session is recorded again and goes on');
      silent();
      it.type(something);
      await over(it.session);
      it.type(something);
      await it.shows('can no longer be recorded and was ended: the store of recordings is too slow');
      answer();
      expect(await ended(it.session)).toContain('too slow');
      expect(await told(it.session)).toEqual([
        ['recording.behind', 'slow'],
        ['recording.caught_up', undefined],
        ['recording.behind', 'slow'],
      ]);
      await isWhole(it.session);
    });
  }
});
