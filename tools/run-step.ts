import { spawn } from 'node:child_process';

/** One step of a check: a name to print and a command to run. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Default 300: a machine that others are busy on takes five times as long as a quiet one. */
  readonly seconds?: number;
}

/** Runs a step with a time limit; returns whether it passed. Its output is shown only when it failed, or as it comes when `show`. */
export async function runStep(step: Step, show = false): Promise<boolean> {
  const started = performance.now();
  const [file = '', ...args] = step.command;
  const child = spawn(file, args, {
    stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  const kept: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => kept.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => kept.push(chunk));
  const limit = step.seconds ?? 300;
  let late = '';
  const timer = setTimeout(() => {
    late = `, over its limit of ${limit} s`;
    child.kill('SIGKILL');
  }, limit * 1000);
  const code = await new Promise<number>((done) => {
    child.once('error', () => done(127));
    child.once('close', (exit) => done(exit ?? 124));
  });
  clearTimeout(timer);
  const ok = code === 0;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${step.name} (${((performance.now() - started) / 1000).toFixed(1)} s${late})`);
  if (!ok && !show) console.log(Buffer.concat(kept).toString('utf8'));
  return ok;
}
