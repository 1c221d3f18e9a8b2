import type { AppError } from '#kit/errors/index.ts';
import type { Clock } from '#kit/clock/index.ts';
import type { Db, Tx } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';
import type { NewEvent } from '#spine/audit/event-type.ts';
import type { Permit, Principal, Question, ResourceRef } from '#spine/decide/port.ts';
import type { Origin, RecordedEvent } from './contract.ts';

/** Who asks and how they came in, as a surface proved it. */
export interface Asker {
  readonly principal: Principal;
  readonly origin: Origin;
  readonly trace: string;
  /** What an API token may do at most: `*`, `read`, `noun.*` or `noun.verb`. Absent: whatever its person may. */
  readonly scopes?: readonly string[] | undefined;
}

/** What the operator leans on; main.ts hands in the real ones. */
export interface OperatorParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  /** Decides. Throws an AppError where policy says no; a `hidden` refusal is a 404. */
  readonly permit: <A extends string>(tx: Tx, question: Question & { readonly action: A }) => Promise<Permit<A>>;
  /** As permit for many askers of one action; a refusal stands in its place. */
  readonly permitMany: <A extends string>(
    tx: Tx,
    action: A,
    questions: readonly { readonly principal: Principal; readonly resource: ResourceRef }[],
  ) => Promise<readonly (Permit<A> | AppError)[]>;
  /** Called beside the record of a refusal, in its transaction: for what else must know of it. */
  readonly refused?: (tx: Tx, error: AppError) => Promise<void>;
  /** Appends to the audit log and returns the events' ids, in order. */
  readonly append: (tx: Tx, entries: readonly AuditEntry[]) => Promise<readonly string[]>;
  /** A keyed digest, to know an input again by. */
  readonly digest: (text: string) => Buffer;
  /** Whether anything reacts to events of that type. */
  readonly reacts: (type: string) => boolean;
  /** Queues the reactions to events, in their transaction. */
  readonly react: (tx: Tx, happened: readonly RecordedEvent[]) => Promise<void>;
}

/** An event with all that surrounds it. */
export interface AuditEntry {
  readonly event: NewEvent;
  readonly principal: Principal;
  readonly origin: Origin;
  readonly trace: string;
  /** Absent only for a refusal, which no permit stands behind. */
  readonly permit: Permit | undefined;
}
