import { until } from '#lab/demo/cast.ts';
import { Refused, type Person } from '#lab/reeve/person.ts';
import type { Chance } from '#test/fixtures/company/people/random.ts';
import type { Journal } from './journal.ts';
import { watchSession, type WatchedSession } from './watch-session.ts';
import type { World } from './world.ts';

const ENDINGS = ['revoked in a certification', 'ended by an officer', 'given back', 'lapsed'] as const;

/** What a round has come to so far, for whoever checks it in the middle. */
export interface Round {
  ending: (typeof ENDINGS)[number] | undefined;
  readonly sessions: WatchedSession[];
}

/** Longest a step may take, a crash and all that is looked at after it included. */
const LIMIT_MS = 300_000;

interface Page<T> {
  readonly items: readonly T[];
}
interface Request {
  readonly id: string;
  readonly state: string;
  readonly lines: readonly { readonly grant: { readonly id: string } | null }[];
  readonly steps: readonly { readonly state: string }[];
}
interface Grant {
  readonly validTo: string | null;
  readonly endedBecause: string | null;
}

/** The steps of a round in their order; a crash is planned for one of them. */
export const STEPS = [
  'feed',
  'rotate',
  'read',
  'ask',
  'first approval',
  'second approval',
  'provision',
  'connect',
  'work',
  'review',
  'decide',
  'end',
  'withdraw',
] as const;
export type Step = (typeof STEPS)[number];

/**
 * Plays the story once: access is asked for, approved twice, carried out, used in a recorded session, and ended in one
 * of four ways; before it, where `beside` says so, people change, a credential is rotated or a host is read. Every
 * answer goes into the journal.
 */
export async function playRound(
  world: World,
  journal: Journal,
  chance: Chance,
  round: Round & { readonly number: number; readonly beside: Step | undefined },
  begins: (step: Step) => void,
): Promise<void> {
  const { lena, tomas, priya, dana, looking } = world;
  const { number } = round;
  const ending = chance.pick(ENDINGS);
  round.ending = ending;

  if (round.beside === 'feed') {
    begins('feed');
    await deliver(world, journal, number);
  } else if (round.beside === 'rotate') {
    begins('rotate');
    await rotate(world, journal);
  } else if (round.beside === 'read') {
    begins('read');
    await readHost(world, journal);
  }

  begins('ask');
  const { request } = await lena.post<{ request: Request }>('/v1/requests', {
    what: 'web1:sudo:ALL',
    for: ending === 'lapsed' ? '12s' : '2h',
    reason: `round ${number}`,
  });
  const at = `/v1/requests/${request.id}`;
  journal.note(`request ${request.id}`, async () => {
    const now = await looking.lena.get<Request>(at);
    return now.id === request.id ? undefined : 'it is another one';
  });
  begins('first approval');
  await tomas.post(`${at}/approve`);
  journal.note(`the manager's approval of ${request.id}`, async () => {
    const now = await looking.lena.get<Request>(at);
    return now.steps[0]?.state === 'approved' ? undefined : `step 1 is ${now.steps[0]?.state}`;
  });
  begins('second approval');
  const approved = await priya.post<Request>(`${at}/approve`);
  const grantId = approved.lines[0]?.grant?.id;
  if (grantId === undefined) throw new Error('two approvals and no grant');
  journal.note(`the owner's approval of ${request.id} and its grant`, async () => {
    const now = await looking.lena.get<Request>(at);
    const grant = await looking.dana.get<Grant & { id: string }>(`/v1/grants/${grantId}`);
    return now.state === 'approved' && grant.id === grantId ? undefined : `request ${now.state}, grant ${grant.id}`;
  });

  begins('provision');
  const lapsed = async (): Promise<boolean> => {
    const grant = await dana.get<Grant>(`/v1/grants/${grantId}`);
    return grant.endedBecause !== null || (grant.validTo !== null && Date.parse(grant.validTo) <= Date.now());
  };
  await until(
    async () => ({ tasks: await tasksOf(world, grantId), over: await lapsed() }),
    ({ tasks, over }) => over || (tasks.length > 0 && tasks.every((t) => t.state === 'done')),
    'provisioning',
    LIMIT_MS,
  );
  begins('connect');
  await connect(world, round, lapsed);
  begins('work');
  await new Promise((done) => setTimeout(done, chance.between(300, 1500)));

  if (ending === 'revoked in a certification') await certify(world, journal, grantId, begins);
  else {
    begins('end');
    if (ending === 'ended by an officer')
      await quietly(dana.post(`/v1/grants/${grantId}/end`, { because: 'over' }), lapsed);
    if (ending === 'given back') await quietly(lena.post(`/v1/grants/${grantId}/give-back`), lapsed);
    if (ending === 'lapsed')
      await until(
        () => dana.get<Grant>(`/v1/grants/${grantId}`),
        (g) => g.endedBecause !== null,
        'the lapse',
        LIMIT_MS,
      );
  }
  journal.note(`the end of grant ${grantId}`, async () => {
    const grant = await looking.dana.get<Grant>(`/v1/grants/${grantId}`);
    return grant.endedBecause !== null ? undefined : 'it is live again';
  });
  begins('withdraw');
  await until(
    () => tasksOf(world, grantId),
    (tasks) => tasks.every((t) => t.wanted === 'absent' && t.state === 'done'),
    'the withdrawal',
    LIMIT_MS,
  );
  for (const session of round.sessions) await session.ended;
}

const tasksOf = async (world: World, grantId: string): Promise<readonly { state: string; wanted: string }[]> =>
  (await world.dana.get<Page<{ state: string; wanted: string }>>(`/v1/provisioning?grantId=${grantId}`)).items;

/** A repeat of something already done under a lapse is a conflict, and no failure. */
async function quietly(call: Promise<unknown>, over: () => Promise<boolean>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 409 || !(await over())) throw error;
  }
}

async function deliver(world: World, journal: Journal, number: number): Promise<void> {
  const content = world.feeds[number % 2] ?? '';
  const run = await world.administrator.post<{ id: string; state: string }>('/v1/sources/hr/feeds', { content });
  const state = async (as: Person): Promise<string> => (await as.get<{ state: string }>(`/v1/runs/${run.id}`)).state;
  journal.note(`feed ${run.id}`, async () => {
    const now = await state(world.looking.administrator);
    return ['applying', 'applied', 'held', 'superseded'].includes(now) ? undefined : `it is ${now}`;
  });
  await until(
    () => state(world.administrator),
    (s) => s !== 'applying',
    'the feed',
    LIMIT_MS,
  );
}

async function rotate(world: World, journal: Journal): Promise<void> {
  const { dana, serviceAccountId: accountId } = world;
  const planned = await dana.post<{ id: string }>(`/v1/accounts/${accountId}/rotate`, { because: 'a round' });
  const mine = async (as: Person): Promise<{ state: string; problem: string | null } | undefined> =>
    (
      await as.get<Page<{ id: string; state: string; problem: string | null }>>(
        `/v1/rotations?accountId=${accountId}&limit=200`,
      )
    ).items.find((r) => r.id === planned.id);
  journal.note(`rotation ${planned.id}`, async () =>
    (await mine(world.looking.dana)) === undefined ? 'it is gone' : undefined,
  );
  const settled = await until(
    () => mine(dana),
    (r) => r?.state === 'done' || r?.state === 'failed',
    'the rotation',
    LIMIT_MS,
  );
  if (settled?.state !== 'done') throw new Error(`the rotation failed: ${settled?.problem}`);
}

async function readHost(world: World, journal: Journal): Promise<void> {
  const { dana, systemId } = world;
  const { runId } = await dana.post<{ runId: string }>(`/v1/systems/${systemId}/read`);
  const mine = async (as: Person): Promise<string | undefined> =>
    (await as.get<Page<{ id: string; state: string }>>(`/v1/discovery/runs?systemId=${systemId}&limit=200`)).items.find(
      (r) => r.id === runId,
    )?.state;
  journal.note(`reading ${runId}`, async () =>
    (await mine(world.looking.dana)) === undefined ? 'it is gone' : undefined,
  );
  const state = await until(
    () => mine(dana),
    (s) => s !== 'waiting',
    'the reading',
    LIMIT_MS,
  );
  if (state !== 'done') throw new Error(`the reading is ${state}`);
}

/**
 * Opens a session and sees it work; again while the account's first credential is on its way, and when a crash took
 * it away, unless access is over by then.
 */
async function connect(world: World, round: Round, over: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    await world.house.ready();
    const session = watchSession(world.ssh);
    round.sessions.push(session);
    if (await session.working(20_000)) return;
    session.stop();
    await session.ended;
    if (await over()) return;
    if (performance.now() > end) throw new Error(`no session: ${session.said()}`);
    await new Promise((done) => setTimeout(done, 500));
  }
}

async function certify(world: World, journal: Journal, grantId: string, begins: (step: Step) => void): Promise<void> {
  const { dana, systemId, looking } = world;
  begins('review');
  const campaign = await dana.post<{ id: string }>('/v1/campaigns', {
    name: `review of ${grantId}`,
    scope: { systemId, identityId: world.lena.identityId, reviewerId: dana.identityId },
    reviewerRule: 'named',
    dueAt: new Date(Date.now() + 86_400_000).toISOString(),
  });
  await dana.post(`/v1/campaigns/${campaign.id}/launch`);
  // A worker freezes it where something from before the launch is still under way.
  const { items } = await until(
    () => dana.get<Page<{ id: string; grantId: string }>>(`/v1/campaigns/${campaign.id}/items`),
    (page) => page.items.length > 0,
    'the items of the campaign',
    LIMIT_MS,
  );
  const item = items.find((i) => i.grantId === grantId);
  if (item === undefined) throw new Error('the grant is not in the campaign');
  begins('decide');
  await dana.post(`/v1/items/${item.id}/decide`, { decision: 'revoke', comment: 'round over' });
  journal.note(`the decision on item ${item.id}`, async () => {
    const now = await looking.dana.get<{ decision: string | null }>(`/v1/items/${item.id}`);
    return now.decision === 'revoke' ? undefined : `it is ${now.decision}`;
  });
  begins('end');
  await dana.post(`/v1/campaigns/${campaign.id}/sign`);
  journal.note(`the signature under item ${item.id}`, async () => {
    const now = await looking.dana.get<{ state: string }>(`/v1/items/${item.id}`);
    return ['revoking', 'revoked'].includes(now.state) ? undefined : `it is ${now.state}`;
  });
  const proved = await until(
    () => dana.get<{ state: string; proven: boolean | null }>(`/v1/items/${item.id}`),
    (i) => i.state === 'revoked',
    'the proof of the revocation',
    LIMIT_MS,
  );
  if (proved.proven !== true) throw new Error('the revocation was not proved');
}
