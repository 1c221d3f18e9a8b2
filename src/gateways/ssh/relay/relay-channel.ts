import type { Client, ClientChannel, ServerChannel } from 'ssh2';
import type { ChannelMeta, ChannelRecorder, CommandRule, FileTerms } from '../../port.ts';
import { TypedLines, type Verdict } from '../commands/typed-lines.ts';
import { AgentChannel } from './agent/agent-channel.ts';
import { Flow } from './flow.ts';
import type { FileAct } from './sftp/follow-files.ts';
import { SftpChannel } from './sftp/sftp-channel.ts';
import { EOW, text, word } from '../wire/encode.ts';
import { packetSizeOf } from '../wire/ssh2-surface.ts';
import { takeWire, type Wire } from '../wire/take-wire.ts';
import { plain, say } from '../tell.ts';

/** What a channel is for, and how its other half is opened on the target. */
export interface ChannelPlan {
  readonly meta: ChannelMeta;
  /** For the session's record: the command, the subsystem's name, the address. */
  readonly detail: string;
  /** What flows is the protocol of agents. */
  readonly isAgent?: true;
  /** The person's terminal is raw: what the gateway says needs carriage returns. */
  readonly raw: boolean;
  open(target: Client, opened: (error: Error | undefined, channel: ClientChannel) => void): void;
  /** The channel is over before its other half was opened. */
  readonly givenUp?: () => void;
}

/** What a channel asks of the session it belongs to. */
export interface ChannelHost {
  record(meta: ChannelMeta): ChannelRecorder;
  recorded(mayGoOn: boolean): void;
  /** Which files may be moved over SFTP, and which way. */
  readonly files: FileTerms | undefined;
  touched(act: FileAct): void;
  event(type: 'refused', detail: string): void;
  /** Puts a signature of the person's agent on the record; false: there is no more room for one. */
  signed(detail: string): boolean;
  /** What happens at which commands. */
  readonly commands: readonly CommandRule[];
  /** A command matched a rule; `tell` says a line to whoever sent it. */
  matched(rule: CommandRule, command: string, tell: (sentence: string) => void): Verdict | Promise<Verdict>;
  sentToPerson(bytes: number): void;
  sentToTarget(bytes: number): void;
  /** A request of the person's, such as a signal, went to the target. */
  asked(): void;
  closed(channel: RelayChannel): void;
  abused(by: 'person' | 'target'): void;
}

/** Below this a peer makes us send a packet for every few bytes, or for none. OpenSSH says 32 KiB, the smallest known client 1 KiB. */
export const SMALLEST_PACKET = 512;

/** How long a target may take to say how a command ended that nobody listens to any more. */
const LAST_WORD_MS = 2_000;
const NOTHING = Buffer.alloc(0);

/**
 * One channel of a session: the person's half exists from the start, the target's half when it is reached. Every byte
 * is handed to the recorder before it is passed on.
 */
export class RelayChannel {
  readonly plan: ChannelPlan;
  readonly #person: Wire;
  readonly #toTarget = new Flow();
  readonly #toPerson = new Flow();
  #host: ChannelHost | undefined;
  #recorder: ChannelRecorder | undefined;
  #target: Wire | undefined;
  #sftp: SftpChannel | undefined;
  #agent: AgentChannel | undefined;
  #lines: TypedLines | undefined;
  #early: Buffer[] = [];
  #unread = false;
  #opening = false;
  #targetUnread = false;
  #size = '';
  #personEof = false;
  #personClosed = false;
  #targetEof = false;
  #targetClosed = false;
  #exit: { code?: number; signal?: string; core?: boolean; note?: string } = {};
  #over = false;
  #paused = false;
  readonly #onOver: (channel: RelayChannel) => void;
  #afterwards: (() => void)[] = [];

  constructor(
    plan: ChannelPlan,
    channel: ServerChannel,
    on: { readonly abuse: () => void; readonly over: (channel: RelayChannel) => void },
  ) {
    this.plan = plan;
    this.#onOver = on.over;
    this.#person = takeWire(channel, {
      data: (chunk) => this.#fromPerson(chunk),
      window: () => this.#personHasRoom(),
      eof: () => this.personSaidAll(),
      close: () => this.leave(() => {}),
      abuse: on.abuse,
    });
    this.#toPerson.connect(this.#person);
  }

  get id(): number {
    return this.#person.id;
  }

  get targetId(): number | undefined {
    return this.#target?.id;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Binds the channel to its admitted session: from here on everything is recorded. */
  bind(host: ChannelHost): void {
    this.#host = host;
    this.#recorder = host.record(this.plan.meta);
    if (this.plan.meta.kind === 'subsystem' && this.plan.meta.command === 'sftp') {
      if ((host.files?.capture ?? []).length > 0 && this.#recorder.file === undefined)
        throw new Error('files are to be kept, and this recorder keeps none');
      this.#sftp = new SftpChannel(host.files, {
        toTarget: (bytes) => this.#toTarget.send(bytes, false),
        toPerson: (bytes) => this.#show(bytes, false),
        resume: () => this.#toTarget.empty && this.#person.more(),
        tell: (act) => host.touched(act),
        keep: (meta) => this.#recorder?.file?.(meta),
        broken: (by) => host.abused(by),
      });
    }
    if (this.plan.isAgent === true)
      this.#agent = new AgentChannel({
        toTarget: (bytes) => this.#toTarget.send(bytes, false),
        toPerson: (bytes) => this.#show(bytes, false),
        resume: () => this.#toPerson.empty && this.#target?.more(),
        refused: (detail) => host.event('refused', plain(detail)),
        signed: (detail) => host.signed(plain(detail)),
        broken: (by) => host.abused(by),
      });
    if (host.commands.length > 0 && (this.plan.raw || this.plan.meta.kind === 'shell'))
      this.#lines = this.#readLines(host);
    const [early, said] = [this.#early, this.#personEof];
    this.#early = [];
    this.#personEof = false;
    for (const chunk of early) this.#fromPerson(chunk);
    if (said) this.personSaidAll();
  }

  #readLines(host: ChannelHost): TypedLines {
    return new TypedLines(host.commands, this.plan.raw ? { cols: this.plan.meta.cols } : undefined, {
      toTarget: (bytes) => this.#toTarget.send(bytes, false),
      resume: () => this.#toTarget.empty && this.#person.more(),
      dropped: () => this.refuse('', 1),
      matched: (rule, line) => host.matched(rule, line, (sentence) => this.notice(sentence)),
    });
  }

  /** Opens the half on the target and lets the bytes go. */
  connect(target: Client): void {
    this.#opening = true;
    this.plan.open(target, (error, channel) => {
      if (this.#over) {
        if (error === undefined) channel.close();
        return;
      }
      if (error !== undefined) {
        this.refuse(`Reeve: the target did not open this channel: ${error.message}`, 255);
        return;
      }
      if (packetSizeOf(channel) < SMALLEST_PACKET) return this.#host?.abused('target');
      channel.on('exit', (code: number | null, signal?: string, core?: boolean, note?: string) => {
        this.#exit =
          code === null
            ? { signal: (signal ?? '').replace(/^SIG/, ''), core: core === true, note: note ?? '' }
            : { code };
      });
      this.#target = takeWire(channel, {
        data: (chunk, stderr) => this.#fromTarget(chunk, stderr),
        window: () => this.#targetHasRoom(),
        eof: () => {
          this.#targetEof = true;
          if (!this.#over) this.#toPerson.end();
        },
        close: () => {
          this.#targetClosed = true;
          this.#finishIfDone();
        },
        abuse: () => this.#host?.abused('target'),
      });
      this.#toTarget.connect(this.#target);
      this.#lines?.reached();
      if (this.#toTarget.empty) this.#person.more();
      if (this.#unread) this.#target.request(EOW, Buffer.alloc(0));
      if (this.#personClosed) this.#target.close();
    });
  }

  /** Nobody reads this output any more: the target learns it, so that `yes | head` comes to an end. */
  personStoppedReading(): void {
    if (this.#over || this.#unread) return;
    this.#unread = true;
    this.#target?.request(EOW, Buffer.alloc(0));
  }

  /** The command has closed its input: the client stops sending. */
  targetStoppedReading(): void {
    if (this.#over || this.#targetUnread) return;
    this.#targetUnread = true;
    this.#person.request(EOW, Buffer.alloc(0));
  }

  /** Passes a request of the person on to the target's half, for instance `signal`. Nothing before it exists. */
  passOn(request: string, body: Buffer): void {
    if (this.#over || this.#target === undefined) return;
    // how large the terminal is may be said any time; a signal is something done
    if (this.#paused && request !== 'window-change') return;
    this.#target.request(request, body);
    this.#host?.asked();
  }

  /** Asks the target to end what runs, for good; what it cannot end it leaves running. */
  kill(): void {
    if (!this.#over) this.#target?.request('signal', text('KILL'));
  }

  resize(cols: number, rows: number): void {
    const size = `${cols}x${rows}`;
    if (this.#over || this.#recorder === undefined || size === this.#size) return;
    this.#size = size;
    this.#recorder.resize(cols, rows);
    this.#lines?.resize(cols);
    // a recorder says whether it keeps up when it is handed bytes
    if (!this.#recorder.input(NOTHING)) this.#host?.recorded(false);
  }

  /** Says why not and closes. */
  refuse(sentence: string, code: number): void {
    if (this.#over) return;
    if (sentence !== '') this.#person.say(say(sentence, this.plan.raw));
    this.#exit = { code };
    this.#finish();
  }

  /** From now on nothing flows, either way. The peers are granted no more than they were, so that what waits is bounded. */
  pause(): void {
    this.#paused = true;
    this.#toTarget.hold();
    this.#toPerson.hold();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#over) return;
    if (this.#toTarget.release()) this.#person.more();
    if (this.#toPerson.release()) this.#target?.more();
    this.#finishIfDone();
  }

  /** Tells a line, where there is a stream for it: file transfers and forwards carry nothing but their own. */
  tell(line: string): void {
    if (this.plan.meta.kind === 'shell' || this.plan.meta.kind === 'exec') this.notice(line);
  }

  /** Shows a line of the gateway's own to somebody at a terminal. */
  notice(line: string): void {
    if (!this.#over && line !== '') this.#person.say(say(line, this.plan.raw));
  }

  /** Ends at once: the last sentence goes out as far as the window allows, nothing else does. */
  cut(sentence: string | undefined): void {
    if (this.#over) return;
    this.#toPerson.drop();
    if (sentence !== undefined) this.#person.say(say(sentence, this.plan.raw));
    this.#finish();
  }

  /**
   * The person's client closes the channel. The target is told at once; the channel is over when the target has said how
   * its command ended, or after a moment. `afterwards` runs when it is over.
   */
  leave(afterwards: () => void): void {
    if (this.#over) return afterwards();
    this.#afterwards.push(afterwards);
    this.#personClosed = true;
    this.#toPerson.drop();
    if (this.#target === undefined || this.#targetClosed) return this.#finish();
    this.#target.close();
    setTimeout(() => this.#finish(), LAST_WORD_MS).unref();
  }

  #fromPerson(chunk: Buffer): boolean {
    if (this.#over || this.#personClosed || this.#personEof) return false;
    if (this.#host === undefined || this.#recorder === undefined) {
      this.#early.push(Buffer.from(chunk));
      return false;
    }
    // typed at a terminal nobody listens to: it must not run unseen once the session goes on
    if (this.#paused && this.plan.raw) return true;
    const mayGoOn = this.#recorder.input(chunk);
    const reader = this.#sftp ?? this.#agent ?? this.#lines;
    const sent = reader?.fromPerson(chunk) ?? this.#toTarget.send(chunk, false);
    this.#host.sentToTarget(chunk.length);
    if (!mayGoOn) this.#host.recorded(false);
    return sent;
  }

  #fromTarget(chunk: Buffer, stderr: boolean): boolean {
    if (this.#over || this.#targetEof || this.#host === undefined || this.#recorder === undefined) return false;
    if (this.#agent !== undefined) return this.#agent.fromTarget(chunk);
    if (this.#sftp !== undefined && !stderr) return this.#sftp.fromTarget(chunk);
    return this.#show(chunk, stderr);
  }

  /** Records what the person is shown, and shows it. */
  #show(chunk: Buffer, stderr: boolean): boolean {
    if (this.#over || this.#host === undefined || this.#recorder === undefined) return false;
    const mayGoOn = this.#recorder.output(chunk, stderr);
    this.#lines?.shown(chunk);
    const sent = this.#personClosed || this.#toPerson.send(chunk, stderr);
    this.#host.sentToPerson(chunk.length);
    if (!mayGoOn) this.#host.recorded(false);
    return sent;
  }

  #personHasRoom(): void {
    if (this.#over) return;
    if (this.#toPerson.flush()) this.#target?.more();
    this.#finishIfDone();
  }

  #targetHasRoom(): void {
    if (!this.#over && this.#toTarget.flush()) this.#person.more();
  }

  /** The person's client sends nothing more; what runs goes on. */
  personSaidAll(): void {
    this.#personEof = true;
    if (this.#over || this.#host === undefined) return;
    if (this.#lines === undefined) this.#toTarget.end();
    else this.#lines.whenSaid(() => this.#toTarget.end());
  }

  #finishIfDone(): void {
    if (this.#targetClosed && this.#toPerson.empty) this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#sftp?.end();
    this.#lines?.end();
    const { code, signal, core, note } = this.#exit;
    if (code !== undefined) this.#person.request('exit-status', word(code));
    else if (signal !== undefined) {
      const body = [text(signal), Buffer.from([core === true ? 1 : 0]), text(note ?? ''), text('')];
      this.#person.request('exit-signal', Buffer.concat(body));
    }
    this.#person.eof();
    this.#person.close();
    if (!this.#targetClosed) this.#target?.close();
    if (!this.#opening) this.plan.givenUp?.();
    this.#toTarget.drop();
    this.#early = [];
    this.#recorder?.end({ ...(code === undefined ? {} : { code }), ...(signal === undefined ? {} : { signal }) });
    this.#host?.closed(this);
    this.#onOver(this);
    for (const afterwards of this.#afterwards.splice(0)) afterwards();
  }
}
