import { BrokenFrame, textOf, type Hide, type Judge } from '../../database/index.ts';
import type { StatementRecorder, StatementValue } from '../../port.ts';
import { COMMAND, isCommand } from '../wire/commands.ts';
import { ERROR, errorContent, Fields, type Problem } from '../wire/packets.ts';
import { FollowAnswer, type AnswerKind } from './follow-answer.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { readExecute, statementId } from './read-execute.ts';
import { killOf, useOf, type KillWanted } from './what-it-ends.ts';

/** What becomes of a command: it goes on to the target, something else does, or it is answered here. */
export type Fate =
  | { readonly pass: Buffer }
  | { readonly answer: Buffer }
  /** It is none to answer, and goes nowhere. */
  | { readonly drop: true };

/** What a `KILL` of a session here comes to: the text that stops it on the target, or why nothing is. */
export type ResolveKill = (wanted: KillWanted) => { readonly text: string } | { readonly refused: string } | undefined;

interface Waiting {
  readonly answer: FollowAnswer;
  /** Its number on the record, where it is on it. */
  readonly n?: number;
  readonly done?: (answer: FollowAnswer) => void;
}

/** Of a server of MariaDB's: the statement that was prepared last. */
const LAST_PREPARED = 0xffff_ffff;

/**
 * Follows one session, command by command: the protocol has one at a time, and the next is not looked at before the last
 * is answered. Each is on the record before it is passed on; what is refused is answered here and never reaches the
 * target. Answers that fit no command are a broken protocol.
 */
export class FollowCommands {
  readonly #recorder: StatementRecorder;
  readonly #judge: Judge;
  readonly #hide: Hide;
  readonly #resolveKill: ResolveKill;
  readonly #stopsOthers: (text: string) => string | undefined;
  readonly #prepared = new PreparedStatements();
  #lastPrepared: number | undefined;
  #waiting: Waiting | undefined;
  /** The current database. */
  database: string | undefined;
  statements = 0;
  refused = 0;

  constructor(
    recorder: StatementRecorder,
    parts: {
      readonly judge: (database: () => string | undefined) => Judge;
      readonly hide: Hide;
      readonly resolveKill: ResolveKill;
      /** Why a text that is not just a KILL may not run, since it may hold one. */
      readonly stopsOthers: (text: string) => string | undefined;
      readonly database: string;
    },
  ) {
    this.#recorder = recorder;
    this.database = parts.database === '' ? undefined : parts.database;
    this.#judge = parts.judge(() => this.database);
    this.#hide = parts.hide;
    this.#resolveKill = parts.resolveKill;
    this.#stopsOthers = parts.stopsOthers;
  }

  /** A command is not answered yet; the next is not looked at. */
  get busy(): boolean {
    return this.#waiting !== undefined;
  }

  /** A command of the client, whole. Throws BrokenFrame. */
  client(content: Buffer): Fate {
    if (this.busy) throw new BrokenFrame('a command before the last is answered');
    const command = content[0];
    if (!isCommand(command)) return this.#unknown(command);
    switch (command) {
      case COMMAND.query:
        return this.#query(content);
      case COMMAND.prepare:
        return this.#prepare(content);
      case COMMAND.execute:
        return this.#execute(content);
      case COMMAND.fetch:
        return this.#ask(content, 'rows', this.#named(content, 'fetch'));
      case COMMAND.sendLongData:
        return this.#piece(content);
      case COMMAND.closeStatement:
        this.#prepared.close(statementId(content));
        return { pass: content };
      case COMMAND.resetStatement:
        this.#prepared.ran(statementId(content));
        return this.#ask(content, 'yes');
      case COMMAND.initDb:
        return this.#initDb(content);
      case COMMAND.fieldList:
        return this.#fieldList(content);
      case COMMAND.processKill:
        return this.#processKill(content);
      case COMMAND.resetConnection:
        return this.#judged(content, 'reset connection', 'yes', () => {
          this.#prepared.clear();
          this.#lastPrepared = undefined;
        });
      case COMMAND.statistics:
        return this.#ask(content, 'text');
      case COMMAND.ping:
      case COMMAND.setOption:
        return this.#ask(content, 'yes');
      case COMMAND.quit:
        return { pass: content };
    }
  }

  /** Becoming somebody else is none of them, nor is anything that a session of people has no use for. */
  #unknown(command: number | undefined): Fate {
    const text = `command ${command === undefined ? 'without a number' : `0x${command.toString(16).padStart(2, '0')}`}`;
    return this.#refuse(this.#began(text, 'command', undefined, 'Reeve does not pass this command on'), {
      ...ERROR.unknownCommand,
      message: 'Reeve: this command is not passed on',
    });
  }

  #query(content: Buffer): Fate {
    const raw = content.subarray(1);
    const text = textOf(raw);
    const kept = this.#hide(text).text;
    const wanted = killOf(text);
    const refused = this.#judge(raw, text) ?? (wanted === undefined ? this.#stopsOthers(text) : undefined);
    const n = this.#began(kept, 'query', undefined, refused);
    if (refused !== undefined) return this.#deny(n, refused);
    const kill = wanted === undefined ? undefined : this.#resolveKill(wanted);
    if (kill !== undefined && 'refused' in kill)
      return this.#refuse(n, { ...ERROR.noSuchThread, message: `Reeve: ${kill.refused}` });
    const uses = useOf(text);
    this.#waits('results', n, (answer) => {
      if (uses !== undefined && answer.error === undefined) this.database = uses;
    });
    return { pass: kill === undefined ? content : Buffer.concat([content.subarray(0, 1), Buffer.from(kill.text)]) };
  }

  #prepare(content: Buffer): Fate {
    const raw = content.subarray(1);
    const text = textOf(raw);
    const refused = this.#prepared.full
      ? 'too many statements are prepared'
      : (this.#judge(raw, text) ?? this.#stopsOthers(text));
    const of = this.#hide(text);
    const n = this.#began(of.text, 'prepare', undefined, refused);
    if (refused !== undefined) return this.#deny(n, refused);
    return this.#ask(content, 'prepared', n, ({ prepared }) => {
      if (prepared === undefined) return;
      this.#prepared.add(prepared.id, { ...of, parameters: prepared.parameters, uses: useOf(text) });
      this.#lastPrepared = prepared.id;
    });
  }

  #execute(content: Buffer): Fate {
    const said = statementId(content);
    const id = said === LAST_PREPARED ? this.#lastPrepared : said;
    const of = id === undefined ? undefined : this.#prepared.get(id);
    // to pass it on would be to have on no record what it runs
    if (id === undefined || of === undefined)
      return this.#refuse(
        this.#began(`prepared statement ${said}`, 'prepared', undefined, 'there is none of this number'),
        {
          number: 1243,
          state: 'HY000',
          message: `Reeve: unknown prepared statement (${said})`,
        },
      );
    const { values, types } = readExecute(content, of.parameters, of.types, this.#prepared.longValues(id));
    of.types = types;
    this.#prepared.ran(id);
    const shown = of.hidesValues ? values.map((): StatementValue => ({ hidden: true })) : values;
    const n = this.#began(of.text, 'prepared', shown.length === 0 ? undefined : shown, undefined);
    return this.#ask(content, 'results', n, ({ error }) => {
      if (error === undefined && of.uses !== undefined) this.database = of.uses;
    });
  }

  #piece(content: Buffer): Fate {
    const fields = new Fields(content, 1, () => new BrokenFrame('a piece of a value ends too early'));
    this.#prepared.piece(fields.uint32(), fields.uint16(), fields.rest());
    return { pass: content };
  }

  /** What is run by a number, as it goes on the record again. */
  #named(content: Buffer, via: string): number {
    const id = statementId(content);
    const of = this.#prepared.get(id);
    return this.#began(of?.text ?? `prepared statement ${id}`, via, undefined, undefined);
  }

  #initDb(content: Buffer): Fate {
    const name = textOf(content.subarray(1));
    return this.#judged(content, `use ${quoted(name)}`, 'yes', () => {
      this.database = name;
    });
  }

  #fieldList(content: Buffer): Fate {
    const end = content.indexOf(0);
    const table = textOf(content.subarray(1, end < 0 ? content.length : end));
    return this.#judged(content, `show columns from ${quoted(table)}`, 'columns');
  }

  #processKill(content: Buffer): Fate {
    const id = new Fields(content, 1, () => new BrokenFrame('a kill that does not say of what')).uint32();
    const text = `kill ${id}`;
    const refused = this.#judge(Buffer.from(text), text);
    const kill = refused === undefined ? this.#resolveKill({ what: 'connection', id }) : undefined;
    const n = this.#began(text, 'kill', undefined, refused);
    if (refused !== undefined) return this.#deny(n, refused);
    if (kill !== undefined && 'refused' in kill)
      return this.#refuse(n, { ...ERROR.noSuchThread, message: `Reeve: ${kill.refused}` });
    this.#waits('results', n);
    return {
      pass: kill === undefined ? content : Buffer.concat([Buffer.from([COMMAND.query]), Buffer.from(kill.text)]),
    };
  }

  /** A command that is a statement too, and judged as that. */
  #judged(content: Buffer, text: string, kind: AnswerKind, done?: () => void): Fate {
    const refused = this.#judge(Buffer.from(text), text);
    const n = this.#began(text, 'command', undefined, refused);
    if (refused !== undefined) return this.#deny(n, refused);
    return this.#ask(content, kind, n, ({ error }) => {
      if (error === undefined) done?.();
    });
  }

  #ask(pass: Buffer, kind: AnswerKind, n?: number, done?: Waiting['done']): Fate {
    this.#waits(kind, n, done);
    return { pass };
  }

  #waits(kind: AnswerKind, n?: number, done?: Waiting['done']): void {
    this.#waiting = {
      answer: new FollowAnswer(kind),
      ...(n === undefined ? {} : { n }),
      ...(done === undefined ? {} : { done }),
    };
  }

  #began(
    text: string,
    via: string,
    values: readonly StatementValue[] | undefined,
    refused: string | undefined,
  ): number {
    this.statements += 1;
    if (refused !== undefined) this.refused += 1;
    return this.#recorder.began({ text, via, values, refused });
  }

  #deny(n: number, why: string): Fate {
    return this.#refuse(n, { ...ERROR.statementDenied, message: `Reeve: ${why}` });
  }

  #refuse(n: number, problem: Problem): Fate {
    this.#recorder.ended(n, { error: { code: String(problem.number), message: problem.message } });
    return { answer: errorContent(problem) };
  }

  /** A packet of the target's begins. Throws BrokenFrame where nothing was asked that it could answer. */
  targetBegins(length: number, head: number): 'hold' | 'flow' {
    if (this.#waiting !== undefined) return this.#waiting.answer.begins(length, head);
    // a server that ends a connection says so unasked
    if (head === 0xff && length < 1024) return 'hold';
    throw new BrokenFrame('the target answers what was not asked');
  }

  targetFlowed(): void {
    this.#waiting?.answer.flowed();
  }

  /** A held packet of the target. Answers whether the whole answer is this one packet, to which words can be added. */
  targetWhole(content: Buffer): boolean {
    const waiting = this.#waiting;
    if (waiting === undefined) return false;
    const { answer, n, done } = waiting;
    answer.whole(content);
    if (!answer.over) return false;
    this.#waiting = undefined;
    done?.(answer);
    if (n !== undefined) this.#recorder.ended(n, answer.ended);
    return (n !== undefined && answer.plainOk) || answer.error !== undefined;
  }

  /** The session ends: what was not answered is on the record as that. */
  close(bytes: { readonly in: number; readonly out: number }): void {
    if (this.#waiting?.n !== undefined) this.#recorder.ended(this.#waiting.n, { unanswered: true });
    this.#waiting = undefined;
    this.#recorder.close(bytes);
  }
}

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
