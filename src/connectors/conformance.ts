/**
 * The promise of port.ts as a suite. A connector passes it against a real target its test starts; what the suite cannot know of a
 * kind (what its log says, what an injected name would leave behind) the rig tells it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeCases } from './conformance/change-cases.ts';
import { hostileCases } from './conformance/hostile-cases.ts';
import { pieceCases } from './conformance/piece-cases.ts';
import { readingCases } from './conformance/reading-cases.ts';
import { rowCases } from './conformance/row-cases.ts';
import type { Bench, Case, Lacks, Rig } from './conformance/rig.ts';
import { applied } from './conformance/steps.ts';
import { trustCases } from './conformance/trust-cases.ts';
import { withoutCases } from './conformance/without-cases.ts';
import type { Connector } from './port.ts';

export type { Rig } from './conformance/rig.ts';

const everyCase: readonly Case[] = [
  ...trustCases,
  ...readingCases,
  ...pieceCases,
  ...rowCases,
  ...changeCases,
  ...hostileCases,
  ...withoutCases,
];

/** What can be shown of a kind that lacks these; says aloud what is left out, and why. */
function casesFor(name: string, lacks: Lacks): readonly Case[] {
  return everyCase.filter((one) => {
    if (one.without !== undefined) return lacks[one.without] !== undefined;
    const lacking = one.needs?.find((need) => lacks[need] !== undefined);
    if (lacking !== undefined)
      console.log(`${name} has no ${lacking}, ${lacks[lacking] ?? ''}; not shown: ${one.title}`);
    return lacking === undefined;
  });
}

/**
 * Runs the suite. `start` answers a reason instead of a rig when this machine cannot start the target; every case then
 * says SKIP. `lacks` is for kinds that are no network service.
 */
export function connectorConformance(
  name: string,
  connector: Connector,
  start: () => Promise<Rig | { readonly skip: string }>,
  lacks: Lacks = {},
): void {
  describe(`${name} keeps the promise of a connector`, () => {
    let bench: Bench | undefined;
    let reason = '';
    beforeAll(async () => {
      const rig = await start();
      if ('skip' in rig) {
        reason = rig.skip;
        console.log(`SKIP ${name}: ${reason}`);
        return;
      }
      let serial = 0;
      const made: Bench = {
        connector,
        rig,
        lacks,
        target: rig.target,
        newAccount: async () => {
          serial += 1;
          const account = `conform${serial}`;
          await applied(made, { do: 'create_account', account, fullName: 'Con Formity' });
          return account;
        },
      };
      bench = made;
    }, 60_000);
    afterAll(async () => bench?.rig.stop());

    const cases = casesFor(name, lacks).map((one) => [one.title, one] as const);
    it.for(cases)('%s', { timeout: 90_000 }, async ([, one], context) => {
      if (!bench) return context.skip(reason);
      await expect(one.prove(bench)).resolves.toBeUndefined();
    });
  });
}
