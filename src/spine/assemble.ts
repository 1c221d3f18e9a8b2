import type { Clock } from '#kit/clock/index.ts';
import { mac, type Keys } from '#kit/crypto/index.ts';
import type { Db, Tx } from '#kit/db/index.ts';
import { enqueueMany, type JobHandler } from '#kit/jobs/index.ts';
import type { Log } from '#kit/log/index.ts';
import { appendEvents, loadEvent } from '#spine/audit/index.ts';
import { createDecide, Refusal, type Decide, type Permit, type Question } from '#spine/decide/index.ts';
import { reactJob, reactionQueue } from '#spine/events/index.ts';
import { createOperator, register, type Module, type Operator, type Registry } from '#spine/operations/index.ts';

/** The spine put together: what surfaces, workers and gateways are handed. */
export interface Spine {
  readonly registry: Registry;
  readonly decide: Decide;
  readonly operator: Operator;
  /** The handlers of every job and of the reactions, for a worker to run. */
  readonly tasks: Readonly<Record<string, JobHandler>>;
  readonly crontab: readonly { readonly name: string; readonly every: string }[];
}

/** Puts the spine together from its parts and the wiring list. `modules` gets decide, because decide's own module is one of them. */
export async function assembleSpine(parts: {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly keys: Keys;
  readonly modules: (decide: Decide) => readonly Module[];
}): Promise<Spine> {
  const { db, clock, log, keys } = parts;
  let list: readonly Module[] = [];
  const decide = createDecide(() => list);
  list = parts.modules(decide);
  const registry = register(list);
  for (const problem of await db.tx((tx) => decide.start(tx))) {
    log.error('a custom policy no longer fits this version of Reeve', { problem });
  }

  const operator = createOperator({
    db,
    clock,
    log,
    permit: (tx, question) => permitOrRefuse(decide, tx, question),
    permitMany: async (tx, action, questions) => {
      const permits = await decide.permitMany(tx, action, questions);
      for (const permit of permits) {
        if (permit instanceof Refusal) continue;
        const writing = decide.remember(tx, permit, permit.decision);
        if (writing !== undefined) await writing;
      }
      return permits;
    },
    refused: async (tx, error) => {
      if (error instanceof Refusal) await decide.remember(tx, error.question, error.decision);
    },
    append: (tx, entries) =>
      appendEvents(
        tx,
        keys,
        entries.map(({ event: { event, subject, data }, permit, principal, origin, trace }) => ({
          event,
          subject,
          data,
          principal,
          origin,
          trace,
          decision: permit?.decision,
        })),
      ),
    digest: (text) => mac(keys.derive('answered calls'), text),
    reacts: (type) => (registry.reactions.get(type)?.length ?? 0) > 0,
    react: reactionQueue(registry, enqueueMany),
  });

  const react = reactJob(
    registry,
    (from, id) => loadEvent(from, keys, registry.events, id),
    (component) => operator.jobCtx(component),
  );
  const jobs = [...registry.jobs.values(), react];
  const tasks = Object.fromEntries(
    jobs.map((job) => [
      job.name,
      async (payload: unknown) =>
        job.run(operator.jobCtx(job.name.split('.')[0] ?? 'worker'), job.input.parse(payload ?? {})),
    ]),
  );
  const crontab = jobs.flatMap((job) => (job.every === undefined ? [] : [{ name: job.name, every: job.every }]));
  return { registry, decide, operator, tasks, crontab };
}

/**
 * Whoever may not even read a thing is told that it does not exist. The noun's own `read` action says who may:
 * somebody who sees a request but may not approve it hears why; somebody who does not see it hears 404. So does
 * somebody refused a `read` of what only hangs on a resource they do see (a receipt about a person).
 */
async function permitOrRefuse<A extends string>(
  decide: Decide,
  tx: Tx,
  question: Question & { readonly action: A },
): Promise<Permit<A>> {
  try {
    const { decision, permit } = await decide.permit(tx, question);
    await decide.remember(tx, question, decision);
    return permit;
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 403 || question.resource.type === 'Platform') throw error;
    if (question.action.endsWith('.read')) throw new Refusal(question, error.decision, true);
    const noun = question.resource.type.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
    const seen = await decide.may(tx, {
      principal: question.principal,
      action: `${noun}.read`,
      resource: question.resource,
    });
    throw seen.allowed ? error : new Refusal(question, error.decision, true);
  }
}
