import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { nothingLeft, startRig, type Rig } from '#test/ssh-rig/rig.ts';
import { run, start, until, type Running } from '#test/ssh-rig/run-program.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';

const sshdPath = findSshd();
if (sshdPath === undefined) console.log('SKIP command-rules: no sshd on this machine');

/** K25, with real OpenSSH and a real shell: what rules for commands see, and what they do not. */
describe.skipIf(sshdPath === undefined)('a rule for commands', () => {
  let sshd: Sshd;
  let rig: Rig;
  let mark: string;

  beforeAll(async () => {
    sshd = await startSshd(sshdPath ?? '');
    rig = await startRig(sshd);
    mark = join(rig.dir, 'mark');
  });
  afterEach(async () => {
    rig.ports.answer = async () => ({ may: true, sentence: 'agreed' });
    rig.ports.matched.length = 0;
    rmSync(mark, { force: true });
    await nothingLeft(rig.gateway, rig.ports);
  });
  afterAll(async () => {
    await rig.stop();
    await sshd.stop();
  });

  const rule = (does: 'alert' | 'ask' | 'end', pattern = 'touch *'): void => {
    rig.ports.commands = [{ pattern, does }];
  };
  const ended = (): string | undefined => rig.ports.last().ended[0]?.reason;
  /** A terminal with a shell whose prompt is known. */
  const terminal = async (): Promise<Running & { type(keys: string): void; prompts(): number }> => {
    const it = start('ssh', [...rig.ssh('-tt'), 'PS1="ready> " exec bash --norc --noprofile -i'], {
      stdin: 'open',
      env: { TERM: 'xterm' },
    });
    await until(() => it.stdout().includes('ready> '), 'the prompt');
    return {
      ...it,
      type: (keys) => void it.child.stdin?.write(keys),
      prompts: () => it.stdout().split('ready> ').length - 1,
    };
  };

  test('that ends: neither the command nor the session goes on, and the person is told why', async () => {
    rule('end');
    const ran = await run('ssh', [...rig.ssh(), `touch ${mark}`]);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr.toString()).toContain('Reeve: a rule for this account ends a session at "touch *"');
    expect([existsSync(mark), ended()]).toEqual([false, 'a command that ends a session']);
    expect(rig.ports.matched).toEqual([{ does: 'end', command: `touch ${mark}` }]);
  });

  test('that asks: the command waits, and runs or not as somebody says', async () => {
    rule('ask');
    let say: (may: boolean) => void = () => {};
    rig.ports.answer = () => new Promise((done) => (say = (may) => done({ may, sentence: may ? 'yes.' : 'no.' })));
    for (const may of [false, true]) {
      const it = start('ssh', [...rig.ssh(), `touch ${mark}; exit 3`]);
      await until(() => it.stderr().includes('waits for somebody to agree'), 'the question');
      expect(existsSync(mark)).toBe(false);
      say(may);
      const ran = await it.done;
      expect([ran.code, existsSync(mark)]).toEqual([may ? 3 : 1, may]);
    }
  });

  test('K25: sees a command through quotes, paths, sudo, other shells and scripts that are sent', async () => {
    rule('end');
    for (const text of [
      `to""uch ${mark}`,
      `t\\o\\u\\c\\h ${mark}`,
      `/usr/bin/touch ${mark}`,
      `sh -c 'touch ${mark}'`,
      `true;touch ${mark}`,
    ])
      expect([(await run('ssh', [...rig.ssh(), text])).code === 0, existsSync(mark), text]).toEqual([
        false,
        false,
        text,
      ]);
    const script = await run('ssh', rig.ssh('-T'), {
      stdin: Buffer.from(`echo begun\ncat <<x\nx\ntouch ${mark}\necho over\n`),
    });
    expect([existsSync(mark), script.stdout.includes('over')]).toEqual([false, false]);
  });

  test('K25: a line of a script that is sent waits whole: a shell that hears of the end of its input has none of it to run', async () => {
    rule('ask');
    rig.ports.answer = async () => ({ may: false, sentence: 'no.' });
    const over = join(rig.dir, 'over');
    const send = async (line: string): Promise<string> => {
      const it = start('ssh', rig.ssh('-T'), { stdin: 'open' });
      it.child.stdin?.write(`trap 'echo x > ${over}' EXIT; echo ready\n`);
      await until(() => it.stdout().includes('ready'), 'the shell');
      it.child.stdin?.end(line);
      await it.done;
      await until(() => existsSync(over), 'the shell to be over');
      rmSync(over);
      return it.stderr();
    };
    for (const line of [`touch ${mark}\necho behind\n`, `touch ${mark}`, `: ${'x'.repeat(300_000)};touch ${mark}\n`]) {
      expect(await send(line), line.slice(0, 9)).toContain('Reeve: no.');
      expect(existsSync(mark), line.slice(0, 9)).toBe(false);
    }
    rig.ports.answer = async () => ({ may: true, sentence: 'yes.' });
    await send(`touch ${mark}`);
    expect(existsSync(mark)).toBe(true);
  });

  test('K25: does not see what no text shows: a word put together by the shell, an alias, a file that is run', async () => {
    rule('end');
    writeFileSync(join(rig.dir, 'script'), `touch ${mark}\n`);
    for (const text of [`$(printf to)uch ${mark}`, `a=to; \${a}uch ${mark}`, `sh ${rig.dir}/script`]) {
      expect((await run('ssh', [...rig.ssh(), text])).code, text).toBe(0);
      expect(existsSync(mark), text).toBe(true);
      rmSync(mark);
      // and so the record is what is left: as it was asked for, byte for byte
      expect(rig.ports.last().events).toContainEqual(expect.objectContaining({ type: 'exec', detail: text }));
    }
  });

  test('sees a line of a terminal as it stands, however it came about, and holds it at the Enter', async () => {
    rule('ask');
    let may = false;
    rig.ports.answer = async () => ({ may, sentence: may ? 'yes.' : 'no.' });
    const it = await terminal();
    // a letter taken back, and one put in in the middle
    it.type(`touchh\u007f ${mark}`);
    it.type('\r');
    await until(() => it.stdout().includes('Reeve: no.') || it.stderr().includes('Reeve: no.'), 'the refusal');
    // behind what was refused there is a prompt again
    await until(() => it.prompts() >= 2, 'the next prompt');
    it.type('echo still-$((1+1))\r');
    await until(() => it.stdout().includes('still-2'), 'the next command');
    expect([existsSync(mark), rig.ports.matched[0]?.command]).toEqual([false, `touch ${mark}`]);
    may = true;
    it.type(`touch ${mark}\r`);
    await until(() => existsSync(mark), 'the command that somebody agreed to');
    rmSync(mark);
    may = false;
    // recalled from history, two lines up
    const times = (): number => it.stdout().split(`touch ${mark}`).length;
    const before = times();
    it.type('\u001b[A');
    await until(() => times() > before, 'the line from history');
    it.type('\r');
    await until(() => rig.ports.matched.length === 3, 'the third time');
    // several lines at once: what is behind the one that is refused does not run either
    await until(() => it.prompts() >= 4, 'the prompt behind the third');
    it.type(`true\rtouch ${mark}\rtouch ${mark}2\r`);
    await until(() => rig.ports.matched.length === 4 && it.prompts() >= 6, 'the fourth time, and the prompt behind it');
    it.type('exit\r');
    await it.done;
    expect([existsSync(mark), existsSync(`${mark}2`)]).toEqual([false, false]);
  });

  test('K25: a line of a paste waits as well where the shell runs it, whatever the terminal was told of pastes', async () => {
    rule('ask');
    rig.ports.answer = async () => ({ may: false, sentence: 'no.' });
    const it = await terminal();
    it.type(`bind 'set enable-bracketed-paste off'\r`);
    await until(() => it.prompts() >= 2, 'the second prompt');
    it.type(`printf 'marked\\e[?2004h\\n'\r`);
    await until(() => it.prompts() >= 3, 'the third prompt');
    for (const keys of [`;touch ${mark}`, `\u0015touch ${mark}`]) {
      const [prompts, matched] = [it.prompts(), rig.ports.matched.length];
      it.type(`\u001b[200~${keys}\r`);
      await until(() => it.prompts() > prompts, 'the prompt behind it');
      expect([rig.ports.matched.length, existsSync(mark), keys]).toEqual([matched + 1, false, keys]);
    }
    it.type('exit\r');
    await it.done;
  });

  test('that only tells holds nothing up, and keeps nothing of what is typed and not shown', async () => {
    rule('alert', '*secret*');
    const it = await terminal();
    it.type('read -rs x; echo "[$?]"\r');
    await until(() => it.stdout().includes('read -rs x'), 'the echo');
    it.type('my secret word\r');
    await until(() => it.stdout().includes('[0]'), 'the end of read');
    it.type('echo a secret here\r');
    await until(() => rig.ports.matched.length === 2, 'two matches');
    it.type('exit\r');
    await it.done;
    expect(rig.ports.matched.map(({ command }) => command)).toEqual([
      '(typed, and not shown on the screen)',
      'echo a secret here',
    ]);
    expect(JSON.stringify(rig.ports.last().events)).not.toContain('my secret word');
  });

  test('that waits is given up with Ctrl-C, and with the session', async () => {
    rule('ask');
    rig.ports.answer = () => new Promise(() => {});
    const it = await terminal();
    it.type(`touch ${mark}\r`);
    await until(() => rig.ports.matched.length === 1, 'the question');
    it.type('\u0003');
    it.type('echo goes-$((1+1))\r');
    await until(() => it.stdout().includes('goes-2'), 'the next command');
    it.type(`touch ${mark}\r`);
    await until(() => rig.ports.matched.length === 2, 'the second question');
    it.child.kill();
    await it.done;
    await rig.ports.last().whenEnded;
    expect(existsSync(mark)).toBe(false);
  });
});
