import { AppError, conflict, invalid, unavailable } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { asUnavailable, DbError, mayRetry, type Tx } from '#kit/db/index.ts';
import type { EventType, NewEvent } from '#spine/audit/event-type.ts';
import { PLATFORM, type Obligation, type Permit, type Question, type ResourceRef } from '#spine/decide/port.ts';
import type { Ctx, JobCtx, Operation } from './contract.ts';
import { actTogether, type AskedTogether, type DoneTogether, type GrantedTogether } from './act-together.ts';
import { scopeCovers } from './scope-covers.ts';
import type { Asker, OperatorParts } from './operator-parts.ts';
import { answerOnce, keptAnswer, type CallKey } from './answer-once.ts';
import { operationRefused } from './events.ts';
import { parseInput } from './parse-input.ts';
import { RecordedRefusal } from './recorded-refusal.ts';

/** What an operation answered, and the audit events it left. */
export interface Answer {
  readonly output: unknown;
  readonly eventIds: readonly string[];
}

/** The one way anything is done in Reeve. */
export interface Operator {
  /** Runs an operation for an asker: parse, decide, handle, record, commit. */
  perform(
    operation: Operation,
    input: unknown,
    asker: Asker,
    call?: { readonly idempotencyKey?: string | undefined },
  ): Promise<Answer>;
  /** Decides for an asker, opens a transaction, runs `work` and commits it with its events: for what is no operation, such as a gateway admitting somebody. */
  act<A extends string, T>(
    asker: Asker,
    ask: {
      readonly action: A;
      readonly resource?: ResourceRef | undefined;
      readonly context?: Readonly<Record<string, unknown>> | undefined;
      /** Obligations `work` sees to, beside `record`, which everything here does. */
      readonly honours?: readonly Obligation['kind'][] | undefined;
      /** How long one statement may take; default what the pool allows. */
      readonly statementTimeoutMs?: number | undefined;
    },
    work: (ctx: Ctx, permit: Permit<A>) => Promise<T>,
  ): Promise<T>;
  /** One action of many askers in one transaction, each decided and recorded for itself: see act-together.ts. */
  actTogether<A extends string, I, T, E extends EventType>(
    action: A,
    calls: {
      readonly event: E;
      readonly asks: (tx: Tx) => Promise<readonly (AskedTogether<I> | AppError)[]>;
      readonly work: (tx: Tx, granted: GrantedTogether<A, I>) => DoneTogether<T, E>;
    },
  ): Promise<readonly (T | AppError)[]>;
  /** What jobs and reactions work with, as one component of Reeve. */
  jobCtx(component: string, trace?: string): JobCtx;
}

/** Builds the operator over its parts. */
export function createOperator(parts: OperatorParts): Operator {
  const { db, clock, log } = parts;

  const open = (tx: Tx, asker: Asker): { ctx: Ctx; eventIds: readonly string[] } => {
    const eventIds: string[] = [];
    const recordAll: Ctx['recordAll'] = async (permit, events) => {
      if (events.length === 0) return [];
      const surroundings = { principal: asker.principal, origin: asker.origin, trace: asker.trace, permit };
      const entries = events.map((event) => ({ ...surroundings, event: event as unknown as NewEvent }));
      const ids = await parts.append(tx, entries);
      eventIds.push(...ids);
      await parts.react(
        tx,
        events.map(({ event, data }, i) => ({
          type: event.type,
          eventId: ids[i] ?? '',
          data: data as NewEvent['data'],
        })),
      );
      return ids;
    };
    const ctx: Ctx = {
      tx,
      now: tx.now,
      principal: asker.principal,
      origin: asker.origin,
      trace: asker.trace,
      log: log.child({ trace: asker.trace }),
      record: async (permit, event) => (await recordAll(permit, [event]))[0] ?? '',
      recordAll,
    };
    return { ctx, eventIds };
  };

  /** A refusal rolled its transaction back, so it is recorded in one of its own. */
  const recordRefusal = async (asker: Asker, question: Question, error: AppError): Promise<void> => {
    await db
      .tx(async (tx) => {
        await parts.refused?.(tx, error);
        const refused = {
          event: operationRefused,
          subject: asker.principal.kind === 'identity' ? asker.principal.id : undefined,
          data: {
            action: question.action,
            resourceType: question.resource.type,
            resourceId: question.resource.id,
            code: error.code,
            ...forbiddenBy(error),
          },
        } as unknown as NewEvent;
        const leaves = error instanceof RecordedRefusal ? error.leaves : [];
        await parts.append(
          tx,
          [refused, ...leaves].map((event) => ({
            event,
            principal: asker.principal,
            origin: asker.origin,
            trace: asker.trace,
            permit: undefined,
          })),
        );
      })
      .catch((unrecorded: unknown) => {
        throw asUnavailable(unrecorded);
      });
  };

  const decideThen = async <A extends string, T>(
    asker: Asker,
    ask: (tx: Tx) => Promise<Question & { readonly action: A }>,
    work: (ctx: Ctx, permit: Permit<A>, eventIds: readonly string[]) => Promise<T>,
    { honours = [], statementTimeoutMs }: Pick<Parameters<Operator['act']>[1], 'honours' | 'statementTimeoutMs'> = {},
  ): Promise<T> => {
    let asked: Question | undefined;
    let permitted = false;
    const txOptions = statementTimeoutMs === undefined ? {} : { statementTimeoutMs };
    try {
      return await db.tx(async (tx) => {
        permitted = false;
        const question = await ask(tx);
        asked = question;
        const permit = await parts.permit(tx, question);
        permitted = true;
        refuseUnmetObligations(permit, honours);
        const { ctx, eventIds } = open(tx, asker);
        return await work(ctx, permit, eventIds);
      }, txOptions);
    } catch (error) {
      if (error instanceof AppError && asked !== undefined && isRefusal(error, permitted))
        await recordRefusal(asker, asked, error);
      throw asUnavailable(error);
    }
  };

  const prepare = async (operation: Operation, input: Record<string, unknown>, asker: Asker): Promise<unknown> => {
    try {
      return await operation.prepare?.(input);
    } catch (error) {
      const question = { principal: asker.principal, action: operation.action, resource: PLATFORM };
      if (error instanceof AppError && [401, 403].includes(error.status)) await recordRefusal(asker, question, error);
      throw error;
    }
  };

  const act: Operator['act'] = (asker, ask, work) =>
    decideThen(
      asker,
      async () => ({
        principal: asker.principal,
        action: ask.action,
        resource: ask.resource ?? PLATFORM,
        context: ask.context,
      }),
      (ctx, permit) => work(ctx, permit),
      ask,
    );

  return {
    async perform(operation, raw, asker, call) {
      if (asker.principal.kind === 'anonymous' && operation.audience !== 'anyone') {
        throw new AppError({
          code: 'signin.required',
          status: 401,
          detail: 'sign in first',
          fix: 'reeve login, or open the console',
        });
      }
      refuseBeyondScope(operation, asker);
      const input = parseInput(operation.input, raw);
      const key = callKey(operation, asker, call?.idempotencyKey);
      const kept = key === undefined ? undefined : await keptAnswer(db, key, input, parts.digest);
      if (kept !== undefined) return { output: kept.response, eventIds: [] };
      const question = async (tx: Tx): Promise<Question> => ({
        principal: asker.principal,
        action: operation.action,
        resource: (await operation.resource?.(input, tx)) ?? PLATFORM,
        context: await operation.context?.(input, tx, asker.principal),
      });
      const { takeStepUp } = operation;
      const honours = takeStepUp === undefined ? [] : (['step_up'] as const);
      const proved = async (ctx: Ctx, permit: Permit, keep: boolean): Promise<void> => {
        if (!permit.decision.obligations.some(({ kind }) => kind === 'step_up')) return;
        await takeStepUp?.(ctx, { action: permit.action, resourceId: permit.resource.id, keep });
      };
      if (operation.reach !== undefined)
        await decideThen(asker, question, (ctx, permit) => proved(ctx, permit, true), { honours });
      const prepared = await (operation.reach?.(input, db, asker.principal) ?? prepare(operation, input, asker));
      const handled = async (ctx: Ctx, permit: Permit, eventIds: readonly string[]): Promise<Answer> => {
        await proved(ctx, permit, false);
        const handle = async (): Promise<unknown> => {
          const answer = operation.output.parse(await operation.handler(ctx, permit, input, prepared));
          const mustRecord = operation.kind === 'write' || operation.recordsRead === true;
          if (mustRecord && eventIds.length === 0)
            throw new Error(`operation ${operation.name} changed without a record`);
          return answer;
        };
        const output =
          key === undefined
            ? await handle()
            : await answerOnce(
                ctx.tx,
                key,
                input,
                { secret: operation.secretOutput === true, digest: parts.digest },
                handle,
              );
        return { output, eventIds };
      };
      const answer = await decideThen(asker, question, handled, { honours }).catch((error: unknown) => {
        throw somebodyWasFirst(error);
      });
      operation.beforeAnswer?.();
      return answer;
    },

    act,

    actTogether: (action, calls) =>
      actTogether(parts, action, {
        ...calls,
        rests: !parts.reacts(calls.event.type),
        recordRefusal: async ({ asker, resource }, error, permitted) => {
          if (!isRefusal(error, permitted)) return;
          await recordRefusal(asker, { principal: asker.principal, action, resource }, error);
        },
      }).catch((error: unknown) => {
        throw asUnavailable(error);
      }),

    jobCtx(component, trace = newId()) {
      const asker: Asker = { principal: { kind: 'component', id: component }, origin: { via: 'worker' }, trace };
      return {
        db,
        clock,
        log: log.child({ trace, component }),
        trace,
        act: (ask, work) => act(asker, ask, work),
      };
    },
  };
}

/** The policies that said no; a default deny names none. */
const forbiddenBy = (error: AppError): { policies?: readonly string[] } => {
  const policies: unknown = error.extra['policies'];
  return Array.isArray(policies) && policies.length > 0 ? { policies: policies.map(String) } : {};
};

/**
 * What is recorded though nothing was done: a no, a thing one may not know of, and a value that does not open or a row
 * that is not as Reeve wrote it, since somebody had their hands in the database.
 */
const isRefusal = (error: AppError, permitted: boolean): boolean =>
  [401, 403].includes(error.status) ||
  (error.status === 404 && !permitted) ||
  error instanceof RecordedRefusal ||
  error.code === 'crypto.does_not_open' ||
  error.code.startsWith('integrity.');

/**
 * What the database refused because somebody else was there first, at the same instant or before, as a letter to whoever
 * asked. An operation that knows which name it is about says so better; anything else is as it was.
 */
function somebodyWasFirst(error: unknown): unknown {
  if (!(error instanceof DbError)) return error;
  if (error.sqlstate === '23505' || error.sqlstate === '23P01')
    return conflict(
      'conflict.there_already',
      `there is one like it already (${error.constraint ?? 'a rule of the database'})`,
      'look for it, or choose another name',
    );
  return mayRetry(error)
    ? unavailable('database.contended', 'another change to the same things was under way', 'send it again')
    : error;
}

/** A yes that asks for more than this action can do is a no: an obligation nobody sees to must not be dropped. */
function refuseUnmetObligations(permit: Permit, honours: readonly Obligation['kind'][]): void {
  const unmet = permit.decision.obligations.filter((o) => o.kind !== 'record' && !honours.includes(o.kind));
  if (unmet.length === 0) return;
  throw new AppError({
    code: 'policy.obligation_unmet',
    status: 403,
    detail: `policy allows ${permit.action} only with ${unmet.map((o) => o.kind).join(', ')}, which cannot be done here`,
    fix: 'ask an administrator to change the policy, naming the decision',
    extra: { decision: permit.decision.id, policies: permit.decision.policies },
  });
}

function refuseBeyondScope(operation: Operation, asker: Asker): void {
  if (asker.scopes === undefined) return;
  const covered = scopeCovers(asker.scopes, operation.action, operation.kind);
  if (covered && operation.waysIn === true && !asker.scopes.includes('*')) {
    throw new AppError({
      code: 'token.makes_no_ways_in',
      status: 403,
      detail: `a token that may not do everything may not do ${operation.action}: it could give itself more`,
      fix: 'do it signed in',
    });
  }
  if (!covered) {
    throw new AppError({
      code: 'token.out_of_scope',
      status: 403,
      detail: `this token may not do ${operation.action}`,
      fix: `create a token with the scope ${operation.action}`,
    });
  }
}

function callKey(operation: Operation, asker: Asker, key: string | undefined): CallKey | undefined {
  if (key === undefined || operation.kind === 'read') return undefined;
  if (asker.principal.kind === 'anonymous') return undefined;
  if (key.length === 0 || key.length > 255) throw invalid('/Idempotency-Key', 'has 1 to 255 characters', 'send a UUID');
  return { principal: `${asker.principal.kind}:${asker.principal.id}`, operation: operation.name, key };
}
