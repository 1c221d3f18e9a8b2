import {
  BrokenFrame,
  KeptNames,
  textOf,
  weightOf,
  type Hide,
  type Judge,
  type Prepared,
} from '../../database/index.ts';
import type { StatementRecorder } from '../../port.ts';
import { errorResponse, fieldsOf, frame, T } from '../wire/messages.ts';
import { pending, Queue, type Came, type Pending } from './pending.ts';
import { readBind, readExecute, readNamed, readParse, readQuery } from './read-client.ts';

/** Prepared statements and portals that are remembered; a client with more is told so. */
const MOST_NAMES = 20_000;
/** Characters of each that are remembered. Of more statements only the name is: the text is on the record. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** Characters of statements that wait for an answer, which the target may keep to itself up to the next Sync. */
const MOST_UNANSWERED = 64 * 1024 * 1024;
/** No SQL: the target answers it with an error of its own, aborting what a refused statement would have aborted. */
const REFUSED = 'refused by reeve';
const MOVES_NAMES = /\b(?:prepare|deallocate|discard)\b/i;

interface Portal {
  readonly of: Prepared;
  readonly values: ReturnType<typeof readBind>['values'];
}

/**
 * Follows both sides of one session: which statements are sent, and which answer is of which. Each is on the record
 * before it is passed on; what is refused is replaced by something the target refuses in turn, so that transactions,
 * pipelines and the order of answers are the target's own. Answers that fit no question are a broken protocol.
 */
export class FollowStatements {
  readonly #recorder: StatementRecorder;
  readonly #judge: Judge;
  readonly #hide: Hide;
  readonly #queue = new Queue<Pending>(({ text }) => text.length);
  readonly #prepared = new KeptNames<Prepared>(({ text }) => text.length);
  readonly #portals = new KeptNames<Portal>(({ values }) =>
    values.reduce((sum: number, one) => sum + weightOf(one), 0),
  );
  /** After an error the target skips all up to the next Sync. */
  #skipping = false;
  #copyIn = false;
  statements = 0;
  refused = 0;

  constructor(recorder: StatementRecorder, judge: Judge, hide: Hide) {
    this.#recorder = recorder;
    this.#judge = judge;
    this.#hide = hide;
  }

  /** Questions without an answer. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** A message of the client. Answers what is passed on instead of it; undefined: itself. Throws BrokenFrame. */
  client(type: number, buffer: Buffer, start: number, end: number): Buffer | undefined {
    if (this.#copyIn) return this.#duringCopy(type);
    if (this.#skipping && type !== T.sync) return this.#whileSkipping(type, buffer, start, end);
    switch (type) {
      case T.query:
        return this.#query(buffer, start, end);
      case T.parse:
        return this.#parse(buffer, start, end);
      case T.bind:
        return this.#bind(buffer, start, end);
      case T.execute:
        return this.#execute(readExecute(buffer, start, end));
      case T.describe: {
        readNamed(buffer, start, end);
        return this.#ask(pending('describe'));
      }
      case T.close: {
        const { of, name } = readNamed(buffer, start, end);
        const undo = of === 'portal' ? this.#portalBack(name) : this.#preparedBack(name);
        if (of === 'portal') this.#portals.delete(name);
        else this.#prepared.delete(name);
        return this.#ask(pending('close', { undo }));
      }
      case T.sync:
        this.#skipping = false;
        return this.#ask(pending('sync'));
      case T.functionCall:
        return this.#functionCall(buffer, start, end);
      case T.copyDone:
      case T.copyFail:
        return this.#ask(pending('copy_end'));
      default:
        return undefined;
    }
  }

  /** What the target skips is not on the record, and is judged all the same: nothing refused is ever passed on. */
  #whileSkipping(type: number, buffer: Buffer, start: number, end: number): Buffer | undefined {
    if (type !== T.query && type !== T.parse) return undefined;
    const raw = type === T.query ? readQuery(buffer, start, end) : readParse(buffer, start, end).text;
    return this.#judge(raw, textOf(raw)) === undefined ? undefined : frame(T.query, REFUSED);
  }

  #ask(question: Pending): undefined {
    this.#queue.push(question);
    if (this.#queue.weight > MOST_UNANSWERED)
      throw new BrokenFrame('sixty-four million characters of statements without a Sync');
    return undefined;
  }

  /** While a copy comes in the target ignores Sync and Flush, and takes anything else for a mistake. */
  #duringCopy(type: number): undefined {
    if (type === T.copyDone || type === T.copyFail) {
      this.#copyIn = false;
      return this.#ask(pending('copy_end'));
    }
    if (type === T.sync || type === T.flush || type === T.terminate) return undefined;
    throw new BrokenFrame('a statement in the middle of a copy');
  }

  #query(buffer: Buffer, start: number, end: number): Buffer | undefined {
    const raw = readQuery(buffer, start, end);
    const text = textOf(raw);
    const refused = this.#judge(raw, text);
    const n = this.#began(this.#hide(text).text, 'simple', undefined, refused);
    if (MOVES_NAMES.test(text)) this.#prepared.clear();
    this.#prepared.delete('');
    this.#ask(pending('query', { n, came: nothing(), refused }));
    return refused === undefined ? undefined : frame(T.query, REFUSED);
  }

  #functionCall(buffer: Buffer, start: number, end: number): Buffer | undefined {
    if (end - start < 9) throw new BrokenFrame('a function call ends too early');
    const text = `function call of oid ${buffer.readUInt32BE(start + 5)}`;
    const refused = this.#judge(Buffer.alloc(0), text);
    const n = this.#began(text, 'function call', undefined, refused);
    this.#ask(pending(refused === undefined ? 'function' : 'query', { n, came: nothing(), refused }));
    return refused === undefined ? undefined : frame(T.query, REFUSED);
  }

  #parse(buffer: Buffer, start: number, end: number): Buffer | undefined {
    const { name, text: raw } = readParse(buffer, start, end);
    const text = textOf(raw);
    const undo = this.#preparedBack(name);
    const refused =
      this.#prepared.size >= MOST_NAMES && !this.#prepared.has(name)
        ? 'too many statements are prepared'
        : this.#judge(raw, text);
    const of = this.#hide(text);
    if (refused === undefined) {
      this.#prepared.set(name, of);
      if (name !== '' && this.#prepared.weight > MOST_CHARACTERS)
        this.#prepared.set(name, { ...of, text: `prepared statement "${name}"` });
      // SQL can run it by its name too, and then nobody tells us what it was
      const n = name === '' ? undefined : this.#began(of.text, 'prepare', undefined, undefined);
      return this.#ask(pending('parse', { text: of.text, n, undo }));
    }
    this.#recorder.ended(this.#began(of.text, 'prepare', undefined, refused), {
      error: { code: '42501', message: refused },
    });
    this.#ask(pending('parse', { text: of.text, undo, refused }));
    return frame(T.parse, buffer.subarray(start + 5, buffer.indexOf(0, start + 5) + 1), REFUSED, Buffer.alloc(2));
  }

  #bind(buffer: Buffer, start: number, end: number): undefined {
    const { portal, statement, values } = readBind(buffer, start, end);
    const of = this.#prepared.get(statement) ?? unknown(`prepared statement "${statement}"`);
    const undo = this.#portalBack(portal);
    // to forget one would be to have on no record what it runs
    if (this.#portals.size >= MOST_NAMES && !this.#portals.has(portal))
      throw new BrokenFrame('too many portals are open');
    this.#portals.set(portal, { of, values: of.hidesValues ? values.map(() => ({ hidden: true })) : values });
    if (portal !== '' && this.#portals.weight > MOST_CHARACTERS)
      throw new BrokenFrame('the values of the portals that are open are too long');
    return this.#ask(pending('bind', { text: of.text, undo }));
  }

  #preparedBack(name: string): () => string | undefined {
    return putBack(this.#prepared, name, ({ text }) => (name === '' ? text : undefined));
  }

  #portalBack(name: string): () => string | undefined {
    return putBack(this.#portals, name, ({ of }) => of.text);
  }

  #execute(portal: string): undefined {
    const { of, values } = this.#portals.get(portal) ?? {
      of: unknown(`cursor "${portal}"`),
      values: [],
    };
    const n = this.#began(of.text, 'prepared', values.length === 0 ? undefined : values, undefined);
    if (MOVES_NAMES.test(of.text)) this.#prepared.clear();
    return this.#ask(pending('execute', { n }));
  }

  #began(
    text: string,
    via: string,
    values: ReturnType<typeof readBind>['values'] | undefined,
    refused: string | undefined,
  ): number {
    this.statements += 1;
    if (refused !== undefined) this.refused += 1;
    return this.#recorder.began({ text, via, values, refused });
  }

  /** A held message of the target. Answers what the client is sent instead of it; undefined: itself. Throws BrokenFrame. */
  target(type: number, buffer: Buffer, start: number, end: number): Buffer | undefined {
    if (type === T.error) return this.#error(buffer.subarray(start, end));
    if (type === T.ready) return this.#ready(statusOf(buffer, start, end));
    const first = this.#first();
    switch (type) {
      case T.parseComplete:
        if (first?.n !== undefined && first.op === 'parse') this.#recorder.ended(first.n, {});
        return this.#answers(first, 'parse');
      case T.bindComplete:
        return this.#answers(first, 'bind');
      case T.closeComplete:
        return this.#answers(first, 'close');
      case T.noData:
        return this.#answers(first, 'describe');
      case T.commandComplete:
        return this.#complete(first, buffer.toString('latin1', start + 5, end - 1));
      case T.emptyQuery:
      case T.portalSuspended:
        return this.#complete(first, '');
      default:
        return undefined;
    }
  }

  /** A message of the target that flows has begun. Throws BrokenFrame where nothing was asked that it could answer. */
  targetFlows(type: number): void {
    const first = this.#first();
    if (type === T.rowDescription && first?.op === 'describe') this.#queue.shift();
    else if (type === T.copyIn) this.#beginsCopy(first);
    else if (first === undefined) throw new BrokenFrame('the target answers what was not asked');
  }

  #first(): Pending | undefined {
    while (this.#queue.first?.op === 'copy_end') this.#queue.shift();
    return this.#queue.first;
  }

  #answers(first: Pending | undefined, op: Pending['op']): undefined {
    if (first?.op !== op) throw new BrokenFrame('the target answers what was not asked');
    this.#queue.shift();
  }

  #complete(first: Pending | undefined, tag: string): undefined {
    const rows = rowsOf(tag);
    if (first?.op === 'execute' && first.n !== undefined) {
      this.#queue.shift();
      this.#recorder.ended(first.n, { tag: tag === '' ? undefined : tag, rows });
    } else if (first?.op === 'query' && first.came !== undefined) {
      const { came } = first;
      if (came.tags.length < 1000) came.tags += came.tags === '' ? tag : `; ${tag}`;
      if (rows !== undefined) came.rows = (came.rows ?? 0) + rows;
    } else throw new BrokenFrame('the target answers what was not asked');
  }

  #ready(status: number): undefined {
    const first = this.#first();
    this.#copyIn = false;
    if (first?.came !== undefined && first.n !== undefined) {
      const { tags, rows, error } = first.came;
      this.#recorder.ended(first.n, { tag: tags === '' ? undefined : tags, rows, error });
    } else if (first?.op !== 'sync') throw new BrokenFrame('the target is ready before it answered');
    this.#queue.shift();
    // outside a transaction no portal lives on
    if (status === 0x49 && this.#first() === undefined) this.#portals.clear();
  }

  /** What the client was going to say next while the target did not take copies yet. */
  #beginsCopy(first: Pending | undefined): void {
    if (first?.op !== 'execute' && first?.op !== 'query') throw new BrokenFrame('the target asks for a copy unasked');
    while (this.#queue.second?.op === 'sync') this.#queue.dropSecond();
    const next = this.#queue.second;
    if (next === undefined) this.#copyIn = true;
    else if (next.op !== 'copy_end') throw new BrokenFrame('a statement in the middle of a copy');
  }

  #error(message: Buffer): Buffer | undefined {
    const fields = fieldsOf(message);
    const error = { code: fields.get('C') ?? '', message: (fields.get('M') ?? '').slice(0, 2000) };
    const first = this.#first();
    this.#copyIn = false;
    const severity = fields.get('V') ?? fields.get('S');
    if (severity === 'FATAL' || severity === 'PANIC' || first === undefined) return undefined;
    if (first.came !== undefined) {
      first.came.error = first.refused === undefined ? error : { code: '42501', message: first.refused };
      return first.refused === undefined ? undefined : refusal(first.refused);
    }
    if (first.op === 'sync') {
      this.#recorder.ended(this.#began('(end of an implicit transaction)', 'sync', undefined, undefined), { error });
      return undefined;
    }
    return this.#failed(first, error);
  }

  /** Of a pipeline: what failed is on the record, and what comes after it up to the next Sync is never answered. */
  #failed(first: Pending, error: { code: string; message: string }): Buffer | undefined {
    const undo: (() => string | undefined)[] = [];
    /** What the error is of, while it is on no record: a Bind that fails is told with the Execute it was for. */
    let untold: string | undefined =
      first.op === 'bind' || (first.op === 'parse' && first.refused === undefined && first.n === undefined)
        ? first.text
        : undefined;
    const tell = (): void => {
      if (untold !== undefined) this.#recorder.ended(this.#began(untold, first.op, undefined, undefined), { error });
      untold = undefined;
    };
    this.#skipping = true;
    for (let next = this.#queue.first; next !== undefined; next = this.#queue.first) {
      if (next.op === 'sync') {
        this.#skipping = false;
        break;
      }
      this.#queue.shift();
      if (next.undo !== undefined) undo.push(next.undo);
      const { n } = next;
      if (
        n !== undefined &&
        (next === first || (next.op === 'execute' && first.op === 'bind' && untold !== undefined))
      ) {
        this.#recorder.ended(n, { error });
        untold = undefined;
      } else if (n !== undefined) this.#recorder.ended(n, { unanswered: true });
      if (next !== first && next.op !== 'describe') tell();
    }
    tell();
    const holdAgain = undo.toReversed().map((back) => back());
    // what was sent since is on the record by what the target skipped, and may be of what holds again
    if (this.#queue.length > 1)
      for (const text of new Set(holdAgain))
        if (text !== undefined)
          this.#recorder.ended(this.#began(text, 'kept', undefined, undefined), { unanswered: true });
    return first.op === 'parse' && first.refused !== undefined ? refusal(first.refused) : undefined;
  }

  /** The session ends: what was not answered is on the record as that. */
  close(bytes: { readonly in: number; readonly out: number }): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
      if (next.n !== undefined) this.#recorder.ended(next.n, { unanswered: true });
    this.#recorder.close(bytes);
  }
}

/** What a transaction is at, as ReadyForQuery says it. A byte beyond the message would be the next one's. */
function statusOf(buffer: Buffer, start: number, end: number): number {
  const status = end - start === 6 ? buffer[start + 5] : undefined;
  if (status === undefined) throw new BrokenFrame('the target is ready without saying for what');
  return status;
}

/** How many rows a command says it was about: the number it ends in. */
function rowsOf(tag: string): number | undefined {
  let from = tag.length;
  while (from > 0 && isDigit(tag.charCodeAt(from - 1))) from -= 1;
  return from === tag.length || (from > 0 && tag.charCodeAt(from - 1) !== SPACE) ? undefined : Number(tag.slice(from));
}
const SPACE = 0x20;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Puts back what is under a name now. */
function putBack<V>(
  kept: Map<string, V>,
  name: string,
  textOf: (before: V) => string | undefined,
): () => string | undefined {
  const before = kept.get(name);
  return () => {
    if (before === undefined) kept.delete(name);
    else kept.set(name, before);
    return before === undefined ? undefined : textOf(before);
  };
}

/** Of what nobody knows the text, the values may be passwords. */
const unknown = (text: string): Prepared => ({ text, hidesValues: true });

const nothing = (): Came => ({ tags: '', rows: undefined, error: undefined });

const refusal = (why: string): Buffer =>
  errorResponse({
    severity: 'ERROR',
    code: '42501',
    message: `Reeve: ${why}`,
    hint: 'The statement did not reach the database. Who may change that is whoever keeps the rules of this system.',
  });
