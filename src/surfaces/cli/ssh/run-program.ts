import { spawn } from 'node:child_process';

/** Runs a program in this terminal; answers its exit code. */
export const runHere = (program: string, args: readonly string[]): Promise<number> =>
  new Promise<number>((done, fail) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 255));
  });
