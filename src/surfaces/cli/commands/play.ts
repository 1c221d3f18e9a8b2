import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { AppError } from '#kit/errors/index.ts';
import { call, connection } from '../call.ts';
import { ShownOutput } from './shown-output.ts';

/** `reeve sessions play`: a recording in this terminal. The server made its output inert; nothing it shows is carried out. */
export function addPlay(program: Command): void {
  const sessions =
    program.commands.find((c) => c.name() === 'sessions') ?? program.command('sessions').description('sessions');
  sessions
    .command('play')
    .argument('<id>', 'the session')
    .option('--speed <factor>', 'how much faster than it was', '1')
    .option('--max-idle <seconds>', 'longest pause that is kept', '2')
    .option('--from <time>', 'begin there, in seconds or as 1:23:45; what was before is drawn at once')
    .option('--find <words>', 'begin where a command has these words')
    .description('play the recording of a session; watching is recorded itself')
    .action(async (id: string, options: { speed: string; maxIdle: string; from?: string; find?: string }) => {
      const from = await beginAt(id, options);
      const cast = (await call(connection(), 'GET', `/v1/sessions/${encodeURIComponent(id)}/recording`)) as string;
      const [, ...events] = cast.trim().split('\n');
      const speed = Math.max(0.1, Number(options.speed) || 1);
      const idle = Math.max(0, Number(options.maxIdle) || 0) * 1000;
      const output = new ShownOutput();
      let at = 0;
      for (const line of events) {
        const [interval, code, data] = JSON.parse(line) as [number, string, string];
        at += interval;
        if (process.stdout.isTTY && at > from) await pause(Math.min(interval * 1000, idle) / speed);
        output.show(code, data);
      }
      output.restore();
    });
}

/** Where in a session to begin, in seconds. */
async function beginAt(id: string, where: { readonly from?: string; readonly find?: string }): Promise<number> {
  if (where.from !== undefined) {
    if (!/^(?:\d{1,4}:){0,2}\d{1,6}(?:\.\d+)?$/u.test(where.from))
      throw new AppError({
        code: 'cli.usage',
        status: 422,
        detail: `--from ${where.from} is no time`,
        fix: 'say it in seconds, or as 1:23:45',
      });
    return where.from.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
  }
  if (where.find === undefined) return 0;
  const { events } = (await call(connection(), 'GET', `/v1/sessions/${encodeURIComponent(id)}`)) as {
    readonly events: readonly { readonly atMs: number; readonly detail: string }[];
  };
  const words = where.find.toLowerCase().split(/\s+/u);
  const found = events.find(({ detail }) => words.every((word) => detail.toLowerCase().includes(word)));
  if (found === undefined)
    throw new AppError({
      code: 'cli.not_found',
      status: 404,
      detail: `no command of this session has the words ${where.find}`,
      fix: `reeve sessions show ${id} lists them`,
    });
  // what was typed shows just before it is run
  return Math.max(0, found.atMs / 1000 - 1);
}
