import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TargetError } from '../../port.ts';
import { cutSections, runScript, word } from './script.ts';
import type { RunResult, SshSession } from './session.ts';

/** A session whose commands run in a shell here: what a script really does, without a network. */
const localShell = (change: (result: RunResult) => RunResult = (result) => result): SshSession => ({
  ident: 'local',
  close: () => {},
  run: async (_command, stdin) => {
    const done = spawnSync('/bin/sh', ['-s'], { input: stdin, timeout: 5_000 });
    return change({ stdout: done.stdout, stderr: done.stderr.toString(), code: done.status });
  },
});
const run = (body: string, session = localShell(), secrets: readonly string[] = []) =>
  runScript(session, body, { become: false, timeoutMs: 5_000, secrets });

describe('words of a shell', () => {
  it('any text comes through a shell as it is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .array(
          fc.constantFrom("'", '"', '\\', '$(id)', '`id`', ';', '\n', '-n', ' ', '*', '~', '!', '%s', '\r', '\t'),
          { maxLength: 12 },
        )
        .map((parts) => parts.join('')),
    );
    const whole = text.filter((value) => !value.includes('\0') && Buffer.from(value).toString() === value);
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 20 }), (values) => {
        const script = values.map((value) => `printf '%s\\0' ${word(value)}`).join('\n');
        const printed = spawnSync('/bin/sh', ['-s'], { input: script, encoding: 'utf8', timeout: 5_000 });
        expect(printed.stdout.split('\0').slice(0, -1)).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });

  it('NUL, which no shell can carry, is refused', () => {
    expect(() => word('a\0b')).toThrow(TargetError);
  });
});

describe('a script and its answer', () => {
  it('is cut into sections with the words of their headers', async () => {
    const sections = await run("S one a b; printf 'x\\ny'; S two; printf ''");
    expect(sections).toEqual([
      { words: ['one', 'a', 'b'], text: 'x\ny' },
      { words: ['two'], text: '' },
    ]);
  });

  it('content cannot pose as a section, and banners before it are ignored', async () => {
    const sections = await run("echo '@@0000 end'; S real; printf '\\n@@abcdefabcdefabcdefabcdef fake\\n@@ end\\n'");
    expect(sections.map((section) => section.words)).toEqual([['real']]);
  });

  it('gives up with its own sentence and the last words of the program, without secrets', async () => {
    const attempt = run("echo 'bad: hunter2 is weak' >&2; die 'the change failed'", localShell(), ['hunter2']);
    await expect(attempt).rejects.toMatchObject({
      code: 'failed',
      message: 'the change failed (bad: [secret] is weak)',
    });
  });

  it('an answer without its end is incomplete, wherever it was cut', async () => {
    for (const share of [0, 0.3, 0.7, 0.9, 0.99]) {
      const cut = localShell((result) => ({
        ...result,
        stdout: result.stdout.subarray(0, Math.floor(result.stdout.length * share)),
      }));
      await expect(run('S one; echo something; S two; echo more', cut)).rejects.toMatchObject({
        code: 'failed',
        retry: true,
      });
    }
  });

  it('a script cut on its way runs nothing at all', async () => {
    const seen: string[] = [];
    const cutting = (share: number): SshSession => ({
      ...localShell(),
      run: async (_command, stdin) => {
        const done = spawnSync('/bin/sh', ['-s'], {
          input: stdin.slice(0, Math.floor(stdin.length * share)),
          timeout: 5_000,
        });
        seen.push(done.stdout.toString());
        return { stdout: done.stdout, stderr: '', code: done.status };
      },
    });
    for (const share of [0.5, 0.8, 0.9, 0.95])
      await expect(run('echo did-something\n'.repeat(20), cutting(share))).rejects.toBeInstanceOf(TargetError);
    expect(seen.join('')).not.toContain('did-something');
  });

  it('a sudo that asks for a password is named', async () => {
    const session: SshSession = {
      ...localShell(),
      run: async () => ({ stdout: Buffer.alloc(0), stderr: 'sudo: a password is required\n', code: 1 }),
    };
    const attempt = runScript(session, 'S x', { become: true, timeoutMs: 1_000 });
    await expect(attempt).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/without a password \(sudo: a password is required\)/u),
    });
  });

  it('a header without its line end is a cut one', () => {
    expect(cutSections('\n@@m one\ntext\n@@m end', 'm')).toEqual([
      { words: ['one'], text: 'text' },
      { words: ['cut'], text: '' },
    ]);
  });
});
