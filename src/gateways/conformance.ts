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
import { forwardCases } from './conformance/forward-cases.ts';
import { fileCases } from './conformance/file-cases.ts';
import { terminalCases } from './conformance/terminal-cases.ts';
import { makeWay, type Way } from './conformance/ways.ts';

/** Two ways to one host. */
export interface GatewayRig {
  readonly direct: { readonly options: readonly string[]; readonly destination: string };
  readonly gateway: { readonly options: readonly string[]; readonly destination: string };
  /** Ports of the target's loopback: one that answers like an sshd, and one to listen on. Sessions may use both. */
  readonly ports: { readonly reach: number; readonly listen: number; readonly local: number };
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
    const cases = [...commandCases, ...terminalCases, ...fileCases, ...forwardCases];

    beforeAll(async () => {
      const started = await start();
      if ('skip' in started) {
        reason = started.skip;
        console.log(`SKIP ${name}: ${reason}`);
        return;
      }
      rig = started;
      const way = (name: Way['name']): Way => makeWay(name, root, started[name], started.ports);
      ways = { direct: way('direct'), gateway: way('gateway') };
      const needed = new Set(cases.flatMap((c) => c.needs ?? []));
      for (const program of needed) has.set(program, (await run('sh', ['-c', `command -v ${program}`])).code === 0);
    }, 60_000);
    afterAll(async () => {
      await rig?.stop();
      rmSync(root, { recursive: true, force: true });
    });

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
