/**
 * The promise of an SSH gateway as a suite: for every client people use, through the gateway is like straight to the
 * host. Each case runs both ways with the real program against a real sshd, and what it saw must be the same.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '#test/ssh-rig/run-program.ts';
import { commandCases } from './conformance/command-cases.ts';
import { fileCases } from './conformance/file-cases.ts';
import { terminalCases } from './conformance/terminal-cases.ts';
import { makeWay, type Way } from './conformance/ways.ts';

/** Two ways to one host. */
export interface GatewayRig {
  readonly direct: { readonly options: readonly string[]; readonly destination: string };
  readonly gateway: { readonly options: readonly string[]; readonly destination: string };
  stop(): Promise<void>;
}

/** Runs the suite. `start` answers a reason instead of a rig when this machine cannot; every case then says SKIP. */
export function gatewayConformance(name: string, start: () => Promise<GatewayRig | { readonly skip: string }>): void {
  describe(`${name} is like the host itself`, () => {
    let rig: GatewayRig | undefined;
    let ways: { readonly direct: Way; readonly gateway: Way } | undefined;
    let reason = '';
    const root = mkdtempSync(join(tmpdir(), 'reeve-conformance-'));
    const has = new Map<string, boolean>();

    beforeAll(async () => {
      const started = await start();
      if ('skip' in started) {
        reason = started.skip;
        console.log(`SKIP ${name}: ${reason}`);
        return;
      }
      rig = started;
      ways = { direct: makeWay('direct', root, started.direct), gateway: makeWay('gateway', root, started.gateway) };
      const needed = new Set([...commandCases, ...terminalCases, ...fileCases].flatMap((c) => c.needs ?? []));
      for (const program of needed) has.set(program, (await run('sh', ['-c', `command -v ${program}`])).code === 0);
    }, 60_000);
    afterAll(async () => {
      await rig?.stop();
      rmSync(root, { recursive: true, force: true });
    });

    const cases = [...commandCases, ...terminalCases, ...fileCases];
    it.for(cases.map((one) => [one.title, one] as const))('%s', { timeout: 130_000 }, async ([, one], context) => {
      if (ways === undefined) return context.skip(reason);
      const missing = (one.needs ?? []).filter((program) => has.get(program) !== true);
      if (missing.length > 0) {
        console.log(`SKIP ${one.title}: ${missing.join(', ')} not on this machine`);
        return context.skip(`${missing.join(', ')} not on this machine`);
      }
      const direct = await one.see(ways.direct);
      const through = await one.see(ways.gateway);
      expect(through).toEqual(direct);
    });
  });
}
