import { existsSync } from 'node:fs';
import type { ServerChannel } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NO_TARGET, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { OurTargets, type OurTarget } from '#test/ssh-rig/our-targets.ts';
import { bool, byte, text, word, type RawClient } from '#test/ssh-rig/raw-client.ts';
import { until } from '#test/ssh-rig/run-program.ts';

const CONFIRM = 91;
const DATA = 94;
const [INIT, VERSION, OPEN, READ, OPENDIR, READDIR, REALPATH] = [1, 2, 3, 5, 11, 12, 16];
const [STATUS, HANDLE, NAME] = [101, 102, 104];
/** What a hostile server calls files, hoping that somebody writes where it says or shows what it says. */
const NAMES = ['../../../../tmp/reeve-escaped', '/etc/cron.d/reeve-escaped', '\u001b]52;c;cHduZWQ=\u0007', 'a\0b', ''];

const message = (type: number, ...fields: Buffer[]): Buffer => {
  const body = Buffer.concat([byte(type), ...fields]);
  return Buffer.concat([word(body.length), body]);
};
const named = (id: number, names: readonly (string | Buffer)[]): Buffer =>
  message(NAME, word(id), word(names.length), ...names.flatMap((name) => [text(name), text(name), word(0)]));

/** A9, of files: SFTP answers with `..`, escapes and loops write nothing here and are recorded as nothing but bytes. */
describe('a malicious target, asked for files,', () => {
  const targets = new OurTargets();
  let door: Door;
  let target: OurTarget;

  beforeAll(async () => {
    target = await targets.ssh();
    door = await startDoor({ ...NO_TARGET, port: target.port, pinned: target.pinned });
  });
  beforeEach(() => {
    door.ports.files = undefined;
  });
  afterEach(async () => {
    targets.hangUp();
    await door.leave();
  });
  afterAll(async () => {
    await door.stop();
    targets.close();
  });

  /** An SFTP channel to a target that answers each request by `answer`. */
  const sftp = async (
    answer: (type: number, id: number) => Buffer | undefined,
  ): Promise<{ client: RawClient; ask(...requests: Buffer[]): void; heard(): Buffer }> => {
    target.behave = (channel: ServerChannel) => {
      let waiting = Buffer.alloc(0);
      channel.on('data', (chunk: Buffer) => {
        waiting = Buffer.concat([waiting, chunk]);
        while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32BE(0)) {
          const length = waiting.readUInt32BE(0);
          const said = answer(waiting[4] ?? 0, length >= 5 ? waiting.readUInt32BE(5) : 0);
          waiting = waiting.subarray(4 + length);
          if (said !== undefined) channel.write(said);
        }
      });
    };
    const client = await door.login();
    client.openSession(0);
    const remote = (await client.waitFor(CONFIRM))?.readUInt32BE(5) ?? 0;
    client.send(byte(98), word(remote), text('subsystem'), bool(true), text('sftp'));
    return {
      client,
      ask: (...requests) => client.send(byte(DATA), word(remote), text(Buffer.concat(requests))),
      heard: () => Buffer.concat(client.received.filter((p) => p[0] === DATA).map((p) => p.subarray(9))),
    };
  };
  const files = (): string[] =>
    door.ports
      .last()
      .events.filter((e) => e.type === 'file' || e.type === 'refused')
      .map((e) => e.detail);

  test('who lists names that lead elsewhere, escapes and nothing, has them passed on and nothing done with them', async () => {
    const { client, ask, heard } = await sftp((type, id) => {
      if (type === INIT) return message(VERSION, word(3));
      if (type === OPENDIR) return message(HANDLE, word(id), text(NAMES[0] ?? ''));
      return type === READDIR ? named(id, NAMES) : message(STATUS, word(id), word(0), text(NAMES[2] ?? ''), text(''));
    });
    ask(message(INIT, word(3)), message(OPENDIR, word(1), text('/srv')));
    ask(message(READDIR, word(2), text(NAMES[0] ?? '')));
    await until(() => heard().includes('/etc/cron.d/reeve-escaped'), 'the listing');
    client.end();
    await door.ports.last().whenEnded;
    expect(files()).toEqual(['list /srv']);
    for (const path of ['/tmp/reeve-escaped', '/etc/cron.d/reeve-escaped']) expect(existsSync(path)).toBe(false);
  });

  test.each<[string, (id: number) => Buffer]>([
    ['that it loops', (id) => message(STATUS, word(id), word(4), text('too many levels of links'), text(''))],
    ['that it is two files', (id) => named(id, ['/srv/open', '/srv/secret'])],
    ['that it is none', (id) => named(id, [])],
    ['that it is nowhere for sure', (id) => named(id, ['../srv/open'])],
    ['nothing but a number', (id) => message(NAME, word(id))],
    ['that it is content', (id) => message(HANDLE, word(id), text('x'))],
  ])('who says of a path under terms %s, is not asked to open it', async (_what, said) => {
    door.ports.files = { direction: 'both', deniedPaths: ['/srv/secret'] };
    const opened: number[] = [];
    const { client, ask, heard } = await sftp((type, id) => {
      if (type === INIT) return message(VERSION, word(3));
      if (type === REALPATH) return said(id);
      opened.push(type);
      return message(HANDLE, word(id), text('h'));
    });
    ask(message(INIT, word(3)), message(OPEN, word(1), text('/srv/open/file'), word(1), word(0)));
    await until(() => heard().includes('does not say which file that is'), 'the refusal');
    client.end();
    await door.ports.last().whenEnded;
    expect(opened).toEqual([]);
    expect(files()).toEqual(['read /srv/open/file, refused: the target does not say which file that is']);
  });

  test.each<[string, Buffer]>([
    ['content nobody asked for', Buffer.concat([word(9 + 4), byte(103), word(7), word(4), Buffer.from('evil')])],
    ['a handle nobody asked for', message(HANDLE, word(77), text('x'))],
    ['a length of four gigabytes', Buffer.concat([word(0xffffffff), byte(STATUS)])],
    ['content that is longer than its message', Buffer.concat([word(20), byte(103), word(1), word(0x7fffffff)])],
    ['an answer in the middle of another', message(STATUS, word(0xfffffe01), word(0), text('ok'), text(''))],
  ])('who sends %s, harms nobody: the session ends or goes on, and others are served', async (_what, bytes) => {
    door.ports.files = { direction: 'from_target', deniedPaths: [] };
    const { client, ask } = await sftp((type, id) =>
      type === INIT ? Buffer.concat([message(VERSION, word(3)), bytes]) : message(HANDLE, word(id), text('h')),
    );
    ask(
      message(INIT, word(3)),
      message(OPEN, word(1), text('/x'), word(1), word(0)),
      message(READ, word(2), text('h')),
    );
    await until(() => client.types().includes(DATA) || client.closed, 'an answer, or the end');
    client.end();
    await door.ports.last().whenEnded;
    for (const detail of files()) expect(detail).toMatch(/^[\x20-\x7e]*$/u);
    const other = await door.login();
    expect(other.closed).toBe(false);
  });
});
