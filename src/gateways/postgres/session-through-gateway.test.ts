import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aSecondMs } from '#kit/testing/index.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { nothingLeft, rigBefore, type PgRig } from '#test/pg-rig/rig.ts';
import { run, start, until } from '#test/ssh-rig/run-program.ts';

let lab: LabPostgres;
let rig: PgRig;
beforeAll(async () => {
  lab = await startPostgres({ binaries: 'debian' });
  rig = await rigBefore(lab);
});
afterEach(() => nothingLeft(rig));
afterAll(async () => {
  await rig?.stop();
  await lab?.stop();
});

const psql = (...args: string[]) => run('psql', ['-X', '-A', '-t', ...args], { env: rig.env() });

describe('a session through the gateway', () => {
  it('shows what the database says, and keeps what was asked', async () => {
    const ran = await psql('-c', "select 6 * 7, 'é'");
    expect(ran.stderr.toString()).toContain('NOTICE:  Reeve: this session is recorded.');
    expect(ran.stdout.toString()).toBe('42|é\n');
    const { recorder, ask, ended } = rig.ports.last();
    expect(ask).toMatchObject({ protocol: 'postgres', account: 'postgres', system: 'db1', clientVersion: 'psql' });
    expect(recorder.all).toEqual([{ text: "select 6 * 7, 'é'", via: 'simple', ended: { tag: 'SELECT 1', rows: 1 } }]);
    expect(ended[0]?.reason).toBe('the client ended it');
  });

  it('is cut within a second when it is killed, and what it ran is stopped on the target', async () => {
    const running = start('psql', ['-X', '-c', 'select pg_sleep(60) /* cut me */'], {
      env: rig.env(),
      limitMs: 10_000,
    });
    await until(
      () => rig.ports.sessions.at(-1)?.recorder.all.some((s) => s.text.includes('cut me')) === true,
      'it to run',
    );
    const began = performance.now();
    rig.ports.last().kill('access ended: moved team');
    const ran = await running.done;
    expect(performance.now() - began).toBeLessThan(aSecondMs());
    expect(ran.stderr.toString()).toContain('FATAL:  Reeve: access ended: moved team');
    await until(async () => {
      const left = await run(
        'psql',
        [
          '-X',
          '-A',
          '-t',
          '-c',
          "select count(*) from pg_stat_activity where query like '%cut me%' and pid <> pg_backend_pid()",
        ],
        { env: lab.env() },
      );
      return left.stdout.toString() === '0\n';
    }, 'the statement to stop on the target');
    expect(rig.ports.last().ended[0]?.reason).toBe('killed: access ended: moved team');
  });
});
