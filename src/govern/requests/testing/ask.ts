import { DbError, sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { SmallCompany } from './small-company.ts';

/** A request as tests look at it. */
export interface Shown {
  id: string;
  number: string;
  state: string;
  endedBecause: string | null;
  lines: {
    id: string;
    state: string;
    because: string | null;
    effect: string;
    sod: { name: string; sides: { function: string; paths: string[][] }[] }[];
    controls: { stepUpSeconds: number | null; sessionSeconds: number | null; oneSession: boolean };
    grant: { id: string; validTo: string | null } | null;
  }[];
  steps: {
    n: number;
    stage: number;
    state: string;
    kind: string;
    because: string;
    lineIds: string[];
    approvers: { id: string; name: string }[];
    deputies: { id: string; of: { id: string } }[];
    decidedBy: { id: string } | null;
    decidedFor: { id: string } | null;
  }[];
  timeline: { kind: string; text: string; actor: { name: string } }[];
}
export interface Verdicts {
  lines: {
    verdict: string;
    because: string;
    sod: { name: string; sides: { function: string; paths: string[][] }[] }[];
  }[];
  steps: { kind: string; because: string; approvers: { name: string }[] }[];
  submittable: boolean;
  stuck: string | null;
}

/** Asks as somebody, and returns the request. */
export const ask = async (c: SmallCompany, as: string, cart: Record<string, unknown>): Promise<Shown> =>
  (await c.house.perform<{ request: Shown }>('requests.submit', { reason: 'for a test', ...cart }, as)).request;
export const preview = (c: SmallCompany, as: string, cart: Record<string, unknown>): Promise<Verdicts> =>
  c.house.perform<Verdicts>('requests.preview', cart, as);
export const show = (c: SmallCompany, id: string, as: string = c.who.dana): Promise<Shown> =>
  c.house.perform<Shown>('requests.show', { id }, as);
export const approve = (c: SmallCompany, id: string, as: string): Promise<Shown> =>
  c.house.perform<Shown>('requests.approve', { id }, as);
export const deny = (c: SmallCompany, id: string, as: string): Promise<Shown> =>
  c.house.perform<Shown>('requests.deny', { id, reason: 'no' }, as);
export const withdraw = (c: SmallCompany, id: string, as: string): Promise<Shown> =>
  c.house.perform<Shown>('requests.withdraw', { id }, as);

/** Tries a policy and puts it in force. */
export const putInForce = async (c: SmallCompany, policy: Record<string, unknown>): Promise<{ number: number }> => {
  const { trial } = await c.house.perform<{ trial: string }>(
    'approvalPolicy.try',
    { ...policy, last: 20 },
    c.who.joaquin,
  );
  return await c.house.perform<{ number: number }>(
    'approvalPolicy.change',
    { ...policy, note: 'for a test', trial },
    c.who.joaquin,
  );
};
/** Puts rules in force, with the times of the shipped policy. */
export const setRules = (c: SmallCompany, rules: readonly Record<string, unknown>[]): Promise<{ number: number }> =>
  putInForce(c, { rules: { rules, dueHours: 24, escalateHours: 24, expireDays: 14 } });
/** What waits for somebody. */
export const inbox = async (
  c: SmallCompany,
  as: string,
): Promise<{ request: { id: string }; onBehalfOf: { id: string } | null }[]> =>
  (
    await c.house.perform<{ items: { request: { id: string }; onBehalfOf: { id: string } | null }[]; total: number }>(
      'approvals.list',
      { limit: 500 },
      as,
    )
  ).items;
/** Lets somebody decide in the name of who appoints, for a day unless said otherwise. */
export const appoint = (
  c: SmallCompany,
  as: string,
  deputy: string,
  more: Record<string, unknown> = {},
): Promise<{ id: string }> =>
  c.house.perform<{ id: string }>(
    'deputies.appoint',
    {
      deputy,
      endsAt: new Date(c.house.clock.now().getTime() + 86_400_000).toISOString(),
      reason: 'for a test',
      ...more,
    },
    as,
  );

/** Live grants that came from requests, of one identity. */
export const grantsOf = (c: SmallCompany, identityId: string): Promise<{ id: string; originId: string }[]> =>
  c.house.db.many(sql`
    select id, origin_id from access_grant where identity_id = ${identityId} and origin = 'request' and ended_because is null`);

/** What a call came to: `done`, or the code or constraint it was refused with. */
export const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) =>
      error instanceof AppError
        ? error.code
        : error instanceof DbError
          ? (error.constraint ?? error.message)
          : String(error),
  );
/** How often each outcome came. */
export const tally = (outcomes: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const o of outcomes) counts[o] = (counts[o] ?? 0) + 1;
  return counts;
};

/** Runs the job that looks after waiting requests, as the crontab would each minute. */
export const everyMinute = async (c: SmallCompany): Promise<void> => {
  const job = c.house.registry.jobs.get('requests.keepMoving');
  if (job === undefined) throw new Error('no such job');
  await job.run(c.house.as('requests'), {});
};
