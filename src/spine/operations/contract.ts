import type { z } from 'zod';
import type { Clock } from '#kit/clock/index.ts';
import type { Db, Tx } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';
import type { EventType, NewEvent } from '#spine/audit/event-type.ts';
import type { Permit, Principal, ResourceRef } from '#spine/decide/port.ts';

/** How the asker came in; stored with every event. */
export interface Origin {
  readonly via: 'console' | 'api' | 'cli' | 'gateway' | 'worker' | 'boot';
  readonly signinId?: string | undefined;
  readonly address?: string | undefined;
}

/** What a use-case works with: one transaction, one instant, one asker. */
export interface Ctx {
  readonly tx: Tx;
  readonly now: Date;
  readonly principal: Principal;
  readonly origin: Origin;
  readonly trace: string;
  readonly log: Log;
  /** Records what happened, in this transaction: the audit log keeps it, reactions to its type are queued. Returns the event's id. */
  record<E extends EventType>(permit: Permit, event: NewEvent<E>): Promise<string>;
  /** Records many events in the order given, with one insert for all of them and one for what follows. Returns their ids. */
  recordAll<E extends EventType>(permit: Permit, events: readonly NewEvent<E>[]): Promise<readonly string[]>;
}

/** A handler's answer: what the output schema takes, where lists and objects may be read-only. */
export type Given<T> = T extends Date
  ? Date
  : T extends readonly (infer E)[]
    ? readonly Given<E>[]
    : T extends object
      ? { readonly [K in keyof T]: Given<T[K]> }
      : T;

/** One act on one thing, for which somebody proves afresh that it is really them. */
export interface StepUpFor {
  /** The operation's action, for instance `request.approve`. */
  readonly action: string;
  /** Id of what it is about. */
  readonly resourceId: string;
}

/** A fresh proof: how, and when. */
export interface StepUp {
  readonly method: 'passkey' | 'totp';
  readonly at: Date;
}

/**
 * Uses up the fresh proof that the asker made for exactly this, by the sign-in they come with; it works for nothing else
 * and not again. Throws 401 `step_up.required`, saying what to prove, where there is none. `keep`: it is only looked for,
 * and used up later in the same call.
 */
export type TakeStepUp = (ctx: Ctx, wanted: StepUpFor & { readonly keep?: boolean }) => Promise<StepUp>;

/**
 * One capability. REST route, CLI command, OpenAPI entry and golden authorisation line are projections of it.
 * `action` is asked of decide for `resource(input)` before `handler` runs; handler's changes, its audit events
 * and the decision commit together. A write that records nothing is an error. No target is called in a handler:
 * that is a job's work, or `reach`'s where the asker waits for what is there.
 */
export interface Operation<
  A extends string = string,
  I extends z.ZodObject = z.ZodObject,
  O extends z.ZodType = z.ZodType,
  P = unknown,
> {
  /** `<module>.<verb>` in camelCase, for instance `requests.submit`. */
  readonly name: string;
  /** Cedar action `<noun>.<verb>`, for instance `request.submit`. */
  readonly action: A;
  readonly kind: 'read' | 'write';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/v1/...`, path parameters in braces, named as fields of `input`. Actions on a thing: `/v1/requests/{id}:approve` is written `/v1/requests/{id}/approve`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly input: I;
  readonly output: O;
  /** Command words and positional fields; other fields become `--kebab-case` options. Absent: API only. */
  readonly cli?: {
    readonly command: string;
    readonly positional?: readonly string[];
    readonly columns?: readonly string[];
    /** A field the command fills from `--file`, `-` being standard input; with `base64` as that, and these fields said too. */
    readonly file?: { readonly field: string; readonly base64?: Readonly<Record<string, string>> };
    /**
     * Answers that are no success though the call went through: the command says what `because` names (a sentence, or
     * the `detail` of each in a list), and exits so. `values` are those of `field`, as text.
     */
    readonly fails?: {
      readonly field: string;
      readonly values: Readonly<Record<string, 'conflict' | 'pending' | 'integrity'>>;
      readonly because: readonly string[];
    };
  };
  /** `anyone`: no sign-in needed; the principal is anonymous and policy still decides. */
  readonly audience?: 'anyone';
  /**
   * Uses up a fresh proof where a policy asks for one (`@obligation("step_up")`), for this action on this resource. An
   * operation without it refuses what such a policy allows.
   */
  readonly takeStepUp?: TakeStepUp;
  /** True where reading must be recorded too (reveal a secret, open a recording). */
  readonly recordsRead?: boolean;
  /** True where the answer holds a secret: it is never kept for an Idempotency-Key. */
  readonly secretOutput?: boolean;
  /** True where what comes of it is a way to sign in as somebody: an API token does that with the scope `*` only, so that a narrow one cannot make itself a wide one. */
  readonly waysIn?: true;
  /** `starts`: the output's `sessionToken` becomes the console's cookie and leaves the body. `ends`: clears it. */
  readonly cookie?: 'starts' | 'ends';
  /** Largest body in bytes over HTTP; default 1 MiB. Whoever is not signed in is refused before a larger one is read. */
  readonly maxBody?: number;
  /** The output is one string, sent raw as this media type; `application/octet-stream`: base64, whose bytes are sent, to be saved and never shown. */
  readonly media?: string;
  readonly resource?: (input: z.output<I>, tx: Tx) => ResourceRef | Promise<ResourceRef>;
  readonly context?: (
    input: z.output<I>,
    tx: Tx,
    principal: Principal,
  ) => Record<string, unknown> | Promise<Record<string, unknown>>;
  /**
   * Runs before the transaction is opened and before anything is decided, with no connection held: for what takes long
   * (hashing a password), and for what must be kept though the call is refused (counting a try). Its answer is handed
   * to the handler; a refusal it throws is recorded like any other.
   */
  readonly prepare?: (input: z.output<I>) => Promise<P>;
  /**
   * In place of `prepare`, for what has to be fetched from a target to be answered: runs once it was decided that the
   * asker may, with no transaction open. It is decided again for the handler, which gets its answer.
   */
  readonly reach?: (input: z.output<I>, db: Db, principal: Principal) => Promise<P>;
  /** Runs once all is committed and before the answer is told; what it throws is told instead. For secrets that may not leave any more. */
  readonly beforeAnswer?: () => void;
  readonly handler: (ctx: Ctx, permit: Permit<A>, input: z.output<I>, prepared: P) => Promise<Given<z.input<O>>>;
}

/** Declares an operation; the types of handler follow from input, output and action. */
export const defineOperation = <A extends string, I extends z.ZodObject, O extends z.ZodType, P = undefined>(
  operation: Operation<A, I, O, P>,
): Operation<A, I, O, P> => operation;

/** What a job works with. It may call targets; every write goes through `act`. */
export interface JobCtx {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly trace: string;
  /** Decides for this component, opens a transaction, runs `work` and commits it with its events. Throws what `may` refuses. */
  act<A extends string, T>(
    ask: {
      readonly action: A;
      readonly resource?: ResourceRef;
      readonly context?: Record<string, unknown>;
      /** How long one statement may take, for work on sets of millions of rows; default what the pool allows. */
      readonly statementTimeoutMs?: number;
    },
    work: (ctx: Ctx, permit: Permit<A>) => Promise<T>,
  ): Promise<T>;
}

/** Work done apart from a request, on a worker node. Handlers are idempotent: one may run twice. */
export interface Job<I extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly input: I;
  /** Crontab line; UTC. */
  readonly every?: string;
  readonly maxAttempts?: number;
  readonly run: (job: JobCtx, input: z.output<I>) => Promise<void>;
}
export const defineJob = <I extends z.ZodType>(job: Job<I>): Job<I> => job;

/** An event as reactions see it; personal fields are opened. */
export interface HappenedEvent<E extends EventType = EventType> {
  readonly id: string;
  readonly at: Date;
  readonly type: string;
  readonly subject: string | undefined;
  readonly data: NewEvent<E>['data'];
}

/** An event as it was just recorded, in its transaction. */
export interface RecordedEvent {
  readonly type: string;
  readonly eventId: string;
  readonly data: NewEvent['data'];
}

/** A consequence: when `on` happens, `run` follows, at least once, on some worker. */
export interface Reaction<E extends EventType = EventType> {
  readonly on: E;
  readonly name: string;
  /**
   * Where much happened at once: `proofs` is what ends proofs of who somebody is, with which they could open more,
   * `first` what ends or takes away access, `last` what asks a target or only counts. Absent: between the last two.
   */
  readonly turn?: 'proofs' | 'first' | 'last' | undefined;
  /** Nothing is queued for such an event: the same follows from another one of the same transaction. */
  readonly unless?: ((data: NewEvent<E>['data']) => boolean) | undefined;
  readonly run: (job: JobCtx, event: HappenedEvent<E>) => Promise<void>;
}
export const defineReaction = <E extends EventType>(reaction: Reaction<E>): Reaction<E> => reaction;

/** Cedar entity type a module owns: its attributes (Cedar schema JSON) and how to load rows of it, in bulk. */
export interface ResourceType {
  readonly type: string;
  readonly attributes: Readonly<Record<string, CedarType>>;
  /** Attributes (Entity, or Set of Entity) that also say what it is in, so that policies can ask `resource in Reeve::System::"…"`. */
  readonly within?: readonly string[];
  readonly load: (tx: Tx, ids: readonly string[]) => Promise<ReadonlyMap<string, Record<string, CedarValue>>>;
  /**
   * Said by types all of whose tables bear a mark of the topic `access` (see kit/db/kept): until when what was loaded
   * stays so by time alone; an id that is left out, until somebody changes something. Without it nothing is remembered.
   */
  readonly lasts?: (tx: Tx, ids: readonly string[]) => Promise<ReadonlyMap<string, Date>>;
}
export type CedarType =
  | { readonly type: 'String' | 'Long' | 'Boolean'; readonly required?: boolean }
  | { readonly type: 'Set'; readonly element: CedarType; readonly required?: boolean }
  | { readonly type: 'Entity'; readonly name: string; readonly required?: boolean };
export type CedarValue = string | number | boolean | EntityValue | readonly CedarValue[];
/** A reference to another entity, written `{ entity: { type: 'Identity', id } }`. */
export interface EntityValue {
  readonly entity: ResourceRef;
}

/**
 * An action beside those of operations (asked by jobs and gateways), or what an operation's action speaks of. Without
 * one, an action is about the Platform, the resource type its noun names, and the types shipped policies name with it.
 */
export interface ActionType {
  readonly action: string;
  readonly resources?: readonly string[];
  /** What the context holds beside `now`, so that policies on it can be validated. */
  readonly context?: Readonly<Record<string, CedarType>>;
}

/** An operation of whatever input and output, as lists of them hold it. */
export type AnyOperation = Operation<any, any, any, any>;

/** What a module gives to the house. `main.ts` lists modules; nothing else registers anything. */
export interface Module {
  readonly name: string;
  readonly operations?: readonly AnyOperation[];
  readonly jobs?: readonly Job<any>[];
  readonly reactions?: readonly Reaction<any>[];
  readonly events?: readonly EventType[];
  readonly resources?: readonly ResourceType[];
  readonly actions?: readonly ActionType[];
  /** Shipped Cedar policies, each with an @id annotation `<module>.<rule>`. */
  readonly policies?: string;
}
