import { AppError } from '#kit/errors/index.ts';
import type { Tx } from '#kit/db/index.ts';
import type { EventType, NewEvent } from '#spine/audit/event-type.ts';
import type { Permit, ResourceRef } from '#spine/decide/port.ts';
import type { Asker, OperatorParts } from './operator-parts.ts';

/** One of many calls that are carried out together. */
export interface AskedTogether<I> {
  readonly asker: Asker;
  readonly resource: ResourceRef;
  readonly input: I;
}

/** A call that may be carried out: what comes of it is an answer and what is recorded of it, or a fault that is its own. */
export interface GrantedTogether<A extends string, I> {
  readonly permit: Permit<A>;
  readonly input: I;
}
export type DoneTogether<T, E extends EventType> = { readonly answer: T; readonly event: NewEvent<E> } | AppError;

/**
 * One action of many askers in one transaction, for reads that are asked for thousands of times a second and are on the
 * record all the same: each is decided for itself and recorded in its own name, and one that is refused keeps nobody.
 * No answer is given before the record of it is committed. Answers stand in the order of the asks.
 */
export async function actTogether<A extends string, I, T, E extends EventType>(
  parts: OperatorParts,
  action: A,
  calls: {
    /** Nothing follows from its event, so that a batch that rests on what is remembered is one statement (see `Db.txProved`). */
    readonly rests: boolean;
    readonly asks: (tx: Tx) => Promise<readonly (AskedTogether<I> | AppError)[]>;
    readonly work: (tx: Tx, granted: GrantedTogether<A, I>) => DoneTogether<T, E>;
    /** `permitted`: policy said yes, and something else was in the way. */
    readonly recordRefusal: (ask: AskedTogether<I>, error: AppError, permitted: boolean) => Promise<void>;
  },
): Promise<readonly (T | AppError)[]> {
  const refused: { readonly ask: AskedTogether<I>; readonly error: AppError; readonly permitted: boolean }[] = [];
  const together = async (tx: Tx): Promise<readonly (T | AppError)[]> => {
    refused.length = 0;
    const asks = await calls.asks(tx);
    const permits = await parts.permitMany(
      tx,
      action,
      asks.flatMap((ask) =>
        ask instanceof AppError ? [] : [{ principal: ask.asker.principal, resource: ask.resource }],
      ),
    );
    const entries: Parameters<OperatorParts['append']>[1][number][] = [];
    let next = 0;
    const out = asks.map((ask): T | AppError => {
      if (ask instanceof AppError) return ask;
      const permit = permits[next++];
      if (permit === undefined) throw new Error('a call went without a decision');
      if (permit instanceof AppError) {
        refused.push({ ask, error: permit, permitted: false });
        return permit;
      }
      const done = calls.work(tx, { permit, input: ask.input });
      if (done instanceof AppError) {
        refused.push({ ask, error: done, permitted: true });
        return done;
      }
      const { principal, origin, trace } = ask.asker;
      entries.push({ event: done.event as unknown as NewEvent, principal, origin, trace, permit });
      return done.answer;
    });
    const ids = await parts.append(tx, entries);
    await parts.react(
      tx,
      entries.map(({ event }, i) => ({ type: event.event.type, eventId: ids[i] ?? '', data: event.data })),
    );
    return out;
  };
  const answers = (calls.rests ? await parts.db.txProved(together) : undefined) ?? (await parts.db.tx(together));
  for (const { ask, error, permitted } of refused) await calls.recordRefusal(ask, error, permitted);
  return answers;
}
