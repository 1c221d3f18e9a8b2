import { fileURLToPath } from 'node:url';
import { sql } from '#kit/db/index.ts';
import { runScript, until } from '#kit/testing/index.ts';
import { startGrants } from '#spine/graph/index.ts';
import { reviewedCompany, type ReviewedCompany } from '#test/certifications/world.ts';
import { seededChance, type Chance } from '#test/fixtures/company/people/random.ts';
import { checkReview, type Answered } from './check-review.ts';

const SCRIPT = fileURLToPath(new URL('./review-in-own-process.ts', import.meta.url));
const MANAGERS = 6;
const PEOPLE = 40;
const KILLS = 5;
const DAY_MS = 86_400_000;

/** What came of one campaign: in which steps its process was killed, and how many decisions had been answered. */
export interface RoundOfReview {
  readonly killed: readonly string[];
  readonly items: number;
  readonly answered: number;
}

/**
 * Campaigns whose process is killed with SIGKILL again and again while it freezes, decides, signs and closes, each time
 * after a random step, and started anew. Afterwards every decision that was answered stands, once.
 */
export async function runReviews(options: {
  readonly rounds: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<readonly RoundOfReview[]> {
  const chance = seededChance(options.seed);
  const company = await reviewedCompany();
  try {
    const people = await makePeople(company);
    const rows: RoundOfReview[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const { campaignId, grants } = await launch(company, people, round);
      const { killed, answered } = await play(company.house.databaseUrl, campaignId, chance);
      const wrong = await checkReview(company.house.db, campaignId, { grants, answered });
      if (wrong.length > 0)
        throw new Error(`round ${round}, killed in ${killed.join(', ')}: ${wrong.slice(0, 5).join('; ')}`);
      const row = { killed, items: grants.length, answered: answered.reduce((n, a) => n + a.items.length, 0) };
      options.say(`round ${round}: ${row.items} items, killed in ${killed.join(', ')}`);
      rows.push(row);
    }
    return rows;
  } finally {
    await company.house.close();
  }
}

async function makePeople(company: ReviewedCompany): Promise<readonly string[]> {
  const managers: string[] = [];
  for (let n = 0; n < MANAGERS; n += 1)
    managers.push(await company.person(`lead${n}`, { managerId: company.who.mara }));
  const people: string[] = [];
  for (let n = 0; n < PEOPLE; n += 1)
    people.push(await company.person(`member${n}`, { managerId: managers[n % MANAGERS] ?? '' }));
  return people;
}

/** A campaign over grants that were just given, launched and not frozen. */
async function launch(
  company: ReviewedCompany,
  people: readonly string[],
  round: number,
): Promise<{ campaignId: string; grants: readonly string[] }> {
  const { house, who } = company;
  house.clock.set(new Date());
  const things = await Promise.all(
    Array.from({ length: 6 }, (_, n) => company.entitlement('git', `chaos-${round}-${n}`)),
  );
  const grants = await company.build((ctx, permit) =>
    startGrants(ctx, permit, {
      origin: 'import',
      grants: people.flatMap((identityId) =>
        things.map((entitlementId) => ({ identityId, entitlementId, roleId: null, originId: null, reason: 'test' })),
      ),
    }),
  );
  await house.settle(60_000);
  house.clock.set(new Date());
  const at = house.clock.now();
  const { id: campaignId } = await house.perform<{ id: string }>(
    'campaigns.create',
    {
      name: `chaos ${round}`,
      kind: 'manager',
      scope: { text: `chaos-${round}-` },
      noResponse: 'revoke',
      // Who decides here is no person: everything alike and at once.
      review: { holdFrom: null },
      dueAt: new Date(at.getTime() + DAY_MS).toISOString(),
    },
    who.dana,
  );
  await house.db.run(
    sql`update campaign set state = 'freezing', launched_at = ${at}, frozen_at = ${at} where id = ${campaignId}`,
  );
  return { campaignId, grants };
}

interface Step {
  readonly step: string;
  readonly items?: readonly string[];
  readonly decision?: string;
}

/** Runs the campaign's process, killing it after a random step, until it comes to its end. */
async function play(
  url: string,
  campaignId: string,
  chance: Chance,
): Promise<{ killed: readonly string[]; answered: readonly Answered[] }> {
  const killed: string[] = [];
  const answered: Answered[] = [];
  for (;;) {
    const own = runScript(SCRIPT, [url, campaignId]);
    const over = (): boolean => own.child.exitCode !== null || own.child.signalCode !== null;
    const spared = killed.length >= KILLS;
    const steps = spared ? Number.POSITIVE_INFINITY : chance.between(3, 10);
    await until(() => own.lines.length >= steps || over(), {
      timeoutMs: 60_000,
      everyMs: 1,
      what: 'a step of the review',
    });
    if (!over()) await own.kill();
    else await own.ended();
    const said = own.lines.map((line) => JSON.parse(line) as Step);
    for (const { step, items, decision } of said)
      if (step === 'decided') answered.push({ items: items ?? [], decision: decision ?? '' });
    if (said.at(-1)?.step === 'done') return { killed, answered };
    if (spared || (own.child.exitCode ?? 0) !== 0) throw new Error(`the review did not end: ${own.errors()}`);
    killed.push(said.at(-1)?.step ?? 'nothing');
  }
}
