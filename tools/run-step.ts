import { spawn } from 'node:child_process';

/** One step of a check: a name to print and a command to run. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
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
  const timer = setTimeout(() => child.kill('SIGKILL'), (step.seconds ?? 120) * 1000);
  const code = await new Promise<number>((done) => {
    child.once('error', () => done(127));
    child.once('close', (exit) => done(exit ?? 124));
  });
  clearTimeout(timer);
  const ok = code === 0;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${step.name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (!ok && !show) console.log(Buffer.concat(kept).toString('utf8'));
  return ok;
}
