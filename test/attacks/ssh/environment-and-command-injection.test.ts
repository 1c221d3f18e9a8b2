import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { factsOf, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { OurTargets, type OurTarget } from '#test/ssh-rig/our-targets.ts';
import { bool, byte, text, word, type RawClient } from '#test/ssh-rig/raw-client.ts';
import { startRig, type Rig } from '#test/ssh-rig/rig.ts';
import { run, until } from '#test/ssh-rig/run-program.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';

const CONFIRM = 91;
const REQUEST = 98;

const sshdPath = findSshd();
if (sshdPath === undefined)
  console.log('SKIP environment-and-command-injection: no sshd on this machine (apt-get install openssh-server)');

/** A6: what a person asks for reaches the target exactly or not at all, and the gateway reads none of it as anything. */
describe.skipIf(sshdPath === undefined)('what a person asks for', () => {
  const targets = new OurTargets();
  let sshd: Sshd;
  let door: Door;
  let rig: Rig;
  let dir: string;
  const mark = (): string => join(dir, 'executed');

  beforeAll(async () => {
    sshd = await startSshd(sshdPath ?? '');
    door = await startDoor(factsOf(sshd));
    rig = await startRig(sshd);
  });
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'reeve-injection-'));
  });
  afterEach(async () => {
    targets.hangUp();
    await door.leave();
    door.ports.target = factsOf(sshd);
    rmSync(dir, { recursive: true });
  });
  afterAll(async () => {
    await rig.stop();
    await door.stop();
    await sshd.stop();
    targets.close();
  });

  /** A target of ours that executes nothing, and every channel request it hears, byte for byte. */
  const listening = async (): Promise<{ target: OurTarget; heard: Buffer[] }> => {
    const target = await targets.ssh();
    const { port, pinned } = target;
    door.ports.target = { ...door.ports.target, port, pinned, secret: { password: Buffer.from('x') } };
    const heard: Buffer[] = [];
    target.onConnection = (conn) => {
      const protocol = (conn as unknown as { _protocol: { _onPayload(payload: Buffer): unknown } })._protocol;
      const onward = protocol._onPayload;
      protocol._onPayload = (payload) => {
        if (payload[0] === REQUEST) heard.push(Buffer.from(payload.subarray(5)));
        return onward(payload);
      };
    };
    return { target, heard };
  };
  const session = async (): Promise<{ client: RawClient; ask: (kind: string, ...rest: Buffer[]) => void }> => {
    const client = await door.login();
    client.openSession(0);
    const remote = (await client.waitFor(CONFIRM))?.readUInt32BE(5) ?? 0;
    const ask = (kind: string, ...rest: Buffer[]): void =>
      client.send(byte(REQUEST), word(remote), text(kind), bool(true), ...rest);
    return { client, ask };
  };
  const shown = (client: RawClient): string =>
    Buffer.concat(client.received.filter((p) => p[0] === 94).map((p) => p.subarray(9))).toString('latin1');

  test('as environment sets nothing that changes a command: only language and terminal reach the target', async () => {
    const { client, ask } = await session();
    for (const [name, value] of [
      ['LD_PRELOAD', '/tmp/x.so'],
      ['LD_LIBRARY_PATH', '/tmp'],
      ['SSH_ORIGINAL_COMMAND', 'x'],
      ['BASH_ENV', '/tmp/x'],
      ['ENV', '/tmp/x'],
      ['PATH', '/tmp'],
      ['IFS', 'x'],
      ['BASH_FUNC_id%%', '() { true; }'],
      ['LC_X\nY', 'x'],
      ['LC_ALL', 'C\nPATH=/tmp'],
      ['LC_NAME', '() { :;}; touch /tmp/x'],
      ['LC_X=LD_PRELOAD', '/tmp/x.so'],
      ['LANG\0LD_PRELOAD', '/tmp/x.so'],
      ['LC_TIME', 'C'],
    ]) {
      ask('env', text(name ?? ''), text(value ?? ''));
    }
    ask('exec', text('env -0 | tr "\\0\\n" "\\n~"; echo done'));
    await until(() => shown(client).includes('done'), 'the environment', 20_000);
    expect(shown(client)).toContain('LC_TIME=C');
    for (const never of ['LD_', 'SSH_ORIGINAL_COMMAND', 'BASH_', '\nENV=', '=/tmp\n', 'IFS=', 'LC_ALL=C~', 'LC_X'])
      expect(shown(client)).not.toContain(never);
  });

  test('as a terminal is one, or none is named', async () => {
    const { target, heard } = await listening();
    const { client, ask } = await session();
    const modes = text(Buffer.from([53, 0, 0, 0, 1, 0]));
    ask('pty-req', text('xterm;touch x'), word(0xffffffff), word(24), word(0), word(0), modes);
    ask('exec', text('id'));
    await until(() => target.started === 1, 'the command');
    const asked = heard.find((p) => p.includes('pty-req'));
    expect(asked?.includes('touch')).toBe(false);
    expect(asked?.subarray(12)).toEqual(
      Buffer.concat([text('vt100'), word(10_000), word(24), word(0), word(0), modes]),
    );
    expect(client.closed).toBe(false);
  });

  test('as a command reaches the target byte for byte, whatever it is, and is executed by nobody on the way', async () => {
    const { heard } = await listening();
    const commands = [
      '',
      `;touch ${mark()};`,
      `$(touch ${mark()})`,
      `\`touch ${mark()}\``,
      `x\ntouch ${mark()}\n`,
      `--help -oProxyCommand='touch ${mark()}'`,
      `'"\\'"${'${IFS}'}\0\u001b]0;x\u0007`,
      '%s%n%x {{7*7}} ${7*7} <script>',
      Buffer.from([0xff, 0xfe, 0, 1, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
      Buffer.alloc(30_000, 'a long one; '),
      ...Array.from({ length: 10 }, (_, i) => randomBytes(1 + i * 100)),
    ].map((command) => Buffer.from(command));
    for (const command of commands) {
      const { client, ask } = await session();
      ask('exec', text(command));
      await until(() => heard.some((p) => p.includes('exec')), 'the command');
      const [got] = heard.splice(0).filter((p) => p.includes('exec'));
      expect(got).toEqual(Buffer.concat([text('exec'), bool(true), text(command)]));
      client.end();
    }
    expect(existsSync(mark())).toBe(false);
    expect(door.ports.sessions.at(-2)?.recorder.channels[0]?.meta.kind).toBe('exec');
  });

  test('as a subsystem is a name, or is refused', async () => {
    const { heard } = await listening();
    const names = ['', 'sftp;id', 'sftp\n', '../sftp', '-oProxyCommand=id', 'sftp\0', '$(id)', 'x'.repeat(65)];
    const { client, ask } = await session();
    for (const name of names) ask('subsystem', text(name));
    await until(() => client.types().filter((t) => t === 100).length === names.length, 'every refusal');
    expect(heard).toEqual([]);
    ask('subsystem', text('sftp'));
    await until(() => heard.length === 1, 'the one that is a name');
  });

  test('reaches a real shell exactly', async () => {
    const odd = Buffer.concat([
      Buffer.from("printf %s 'a;b$(id)`id`|"),
      Buffer.from([0xff, 0xfe, 0x01]),
      Buffer.from("' | od -An -tx1 -v"),
    ]);
    const { client, ask } = await session();
    ask('exec', text(odd));
    await client.waitFor(97, 20_000);
    expect(shown(client).replace(/\s/g, '')).toBe(`${Buffer.from('a;b$(id)`id`|').toString('hex')}fffe01`);
  });

  test('K22: as a file name is that name on the other side, to sftp and to scp, both ways', async () => {
    const [here, there, back] = ['here', 'there', 'back'].map((name) => join(dir, name));
    for (const each of [here, there, back]) mkdirSync(each ?? '');
    const run1 = `touch ${mark().replaceAll('/', '\\057')}`;
    const names = [
      `a;${run1}`,
      `$(${run1})`,
      `\`${run1}\``,
      `a\n${run1}\nb`,
      '-oProxyCommand=id',
      '|id',
      '&& id',
      "a'b",
      'a"b',
      'ä€\u202e',
      '*',
    ];
    for (const name of names) writeFileSync(join(here ?? '', name), name);
    const { options, destination } = rig.options('gateway');
    const up = await run('scp', [...options, '-r', `${here}/.`, `${destination}:${there}`]);
    expect([up.code, up.stderr.toString()]).toEqual([0, '']);
    const down = await run('scp', [...options, '-r', `${destination}:${there}/.`, back ?? '']);
    expect([down.code, down.stderr.toString()]).toEqual([0, '']);
    for (const side of [there, back]) {
      expect(readdirSync(side ?? '').sort()).toEqual([...names].sort());
      for (const name of names) expect(readFileSync(join(side ?? '', name)).toString()).toBe(name);
    }
    expect(existsSync(mark())).toBe(false);
    await until(() => rig.ports.sessions.every((s) => s.ended.length === 1), 'both sessions to end');
    const written = rig.ports.sessions
      .flatMap((s) => s.events)
      .filter((e) => e.type === 'file' && e.detail.startsWith('write'));
    expect(written).toHaveLength(names.length);
  });
});
