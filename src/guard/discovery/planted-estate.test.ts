/** The measure of discovery: an estate with planted privileged paths, of which nearly all are found, and nothing that is none. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectors } from '#connectors/index.ts';
import type { Inspection } from '#connectors/port.ts';
import { ALSO, GIVEN } from '#lab/estate/given.ts';
import { PLANTS, type Plant } from '#lab/estate/plants.ts';
import { startEstate, type Estate } from '#lab/estate/start-estate.ts';
import { keyPaths } from './keys/key-paths.ts';
import type { PrivilegePath, Severity } from './model.ts';
import { powersOf } from './powers.ts';
import { judge } from './rules/index.ts';

let estate: Estate | undefined;
let begun = 0;
beforeAll(async () => {
  begun = performance.now();
  estate = await startEstate();
});
afterAll(async () => estate?.stop());

const registry = connectors({ exchangeDir: '/nonexistent' });

async function look(): Promise<ReadonlyMap<string, readonly PrivilegePath[]>> {
  if (estate === undefined) throw new Error('no estate');
  const now = new Date();
  const inspected = new Map<string, Inspection>();
  const limits = {
    seconds: 60,
    files: 2_000,
    bytes: 65_536,
    fingerprint: (value: string) => createHmac('sha256', 'test').update(value).digest('hex').slice(0, 16),
    logonsSince: new Date(now.getTime() - 86_400_000),
    now,
  };
  const looks = [...estate.targets].map(async ([name, target]) => {
    const found = await registry.get(target.kind)?.inspect?.({ systemId: name, ...target }, limits);
    if (found === undefined) throw new Error(`${target.kind} takes no closer look`);
    return [name, found] as const;
  });
  for (const [name, found] of await Promise.all(looks)) inspected.set(name, found);
  const paths = new Map<string, PrivilegePath[]>();
  const power = new Map<string, ReadonlyMap<string, Severity>>();
  for (const [name, { observations }] of inspected) {
    const judged = judge(observations, {
      management: estate.targets.get(name)?.credential.username ?? '',
      staleDays: 180,
      dormantDays: 90,
      now,
    });
    paths.set(name, [...judged]);
    power.set(name, powersOf(judged));
  }
  const keys = [...inspected].flatMap(([systemId, { keys: seen }]) => seen.map((key) => ({ ...key, systemId })));
  const systems = new Map([...inspected].map(([name, { masters }]) => [name, { name, masters: new Set(masters) }]));
  for (const [name, more] of keyPaths({ systems, keys, power })) paths.get(name)?.push(...more);
  return paths;
}

const isPlant = (plant: Plant, on: string, path: PrivilegePath): boolean =>
  on === plant.on &&
  path.account === plant.account &&
  path.kind === plant.kind &&
  plant.says.test(`${path.reason} ${path.evidence}`);

const line = (on: string, path: PrivilegePath): string =>
  `${on} ${path.account || '(everybody)'} ${path.kind} ${path.severity}: ${path.reason} [${path.evidence}]`;

describe('the planted estate', () => {
  it(
    'finds nearly every planted path, hardly anything else, and the same again',
    { timeout: 90_000 },
    async (context) => {
      if (estate === undefined || estate.targets.size < 9)
        return context.skip(estate?.skipped.join('; ') ?? 'no estate');
      const paths = await look();
      const all = [...paths].flatMap(([on, found]) => found.map((path) => ({ on, path })));
      const missing = PLANTS.filter((plant) => !all.some(({ on, path }) => isPlant(plant, on, path)));
      const isKnown = ({ on, path }: (typeof all)[number]): boolean =>
        PLANTS.some((plant) => isPlant(plant, on, path)) ||
        GIVEN.some((given) => given.on.test(on) && given.account.test(path.account) && given.kind.test(path.kind)) ||
        ALSO.some((also) => also.on === on && also.account === path.account && also.kind === path.kind);
      const wrong = all.filter((one) => !isKnown(one)).map(({ on, path }) => line(on, path));
      console.log(
        `planted ${PLANTS.length}, found ${PLANTS.length - missing.length}, false ${wrong.length}, of ${all.length} findings`,
      );
      const notFound = missing.map(({ on, account, kind }) => `${on} ${account} ${kind}`);
      expect({ missing: notFound, wrong }).toEqual({ missing: [], wrong: [] });
      expect(PLANTS.length).toBeGreaterThanOrEqual(60);
      expect(all.every(({ path }) => path.evidence !== '' && path.reason !== '')).toBe(true);
      const told = JSON.stringify(all);
      for (const secret of [
        'k3Yb0ard-Cat-91',
        'Tr0ub4dor',
        'Summ3rRain22',
        'wJalrXUtn',
        'Welcome-to-Larkspur',
        '0nce-upon-A-time',
        'Rather-Long-And-Odd',
        'Quarterly-Cat',
        'edBSHOwhZLTjt',
        'yAnz5TF',
        'PRIVATE KEY-----',
      ])
        expect(told).not.toContain(secret);
      const again = await look();
      expect(again).toEqual(paths);
      console.log(`the whole of it took ${Math.round((performance.now() - begun) / 1000)} s`);
    },
  );
});
