import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
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
    .description('play the recording of a session; watching is recorded itself')
    .action(async (id: string, options: { speed: string; maxIdle: string }) => {
      const cast = (await call(connection(), 'GET', `/v1/sessions/${encodeURIComponent(id)}/recording`)) as string;
      const [, ...events] = cast.trim().split('\n');
      const speed = Math.max(0.1, Number(options.speed) || 1);
      const idle = Math.max(0, Number(options.maxIdle) || 0) * 1000;
      const output = new ShownOutput();
      for (const line of events) {
        const [interval, code, data] = JSON.parse(line) as [number, string, string];
        if (process.stdout.isTTY) await pause(Math.min(interval * 1000, idle) / speed);
        output.show(code, data);
      }
      output.restore();
    });
}
