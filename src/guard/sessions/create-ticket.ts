import { seal } from '#kit/crypto/index.ts';
import { isAway, sql } from '#kit/db/index.ts';
import type {
  AdmitRequest,
  CommandRule,
  FileTerms,
  GatewayCredential,
  RequestRules,
  SessionEvent,
  StatementRules,
  Ticket,
  WebTerms,
} from '#gateways/port.ts';
import type { Account, System } from '#spine/graph/index.ts';
import type { SshTerms } from '#guard/ssh-terms/index.ts';
import { commandsOf } from './commands/ask-about-command.ts';
import type { AdmissionEdges, Recording } from './edges.ts';
import { followRecorder, type FoundInSession } from './commands/follow-recorder.ts';
import { eventContext } from './event-context.ts';
import { finishSession } from './finish-session.ts';
import { closeRecording, holdForRecording } from './hold-for-recording.ts';
import type { SessionControl } from './live/session-control.ts';
import { watchIdle } from './live/watch-idle.ts';
import { classOf, inMinutes } from './model.ts';
import { SEARCH_KEY, searchTokens } from './search/words.ts';
import { untilKept } from './until-kept.ts';

const FLUSH_MS = 500;
/** So many events wait for a database that is away; the recording holds what came of the rest. */
const MOST_WAITING = 10_000;

/** An event of the gateway's, or something Reeve found in what the session showed. */
type KeptEvent = Omit<SessionEvent, 'type'> & { readonly type: SessionEvent['type'] | FoundInSession['type'] };

/** The ticket a gateway is handed: everything for one session, and nothing else. */
export function createTicket(
  edges: AdmissionEdges,
  opened: {
    readonly sessionId: string;
    readonly ask: AdmitRequest;
    readonly system: System;
    readonly account: Account;
    readonly credential: GatewayCredential;
    readonly endsAt: Date | null;
    readonly startedAt: Date;
    readonly statements: StatementRules | undefined;
    readonly commands: { readonly rules: readonly CommandRule[]; readonly askSeconds: number } | undefined;
    readonly web: WebTerms | undefined;
    readonly requests: RequestRules | undefined;
    readonly kill: AbortSignal;
    readonly control: SessionControl;
    readonly idleSeconds: number | null;
    readonly recording: Recording;
    readonly terms: SshTerms;
  },
): Ticket {
  const { sessionId, system, recording } = opened;
  const log = keepEvents(edges, sessionId);
  const { control, idleSeconds } = opened;
  const followed = followRecorder(recording.recorder, (found) => log.add({ ...found, atMs: recording.elapsedMs() }));
  const { recorder, stop } =
    idleSeconds === null
      ? { recorder: followed, stop: undefined }
      : watchIdle(followed, idleSeconds, {
          held: () => control.held,
          soon: (left) => control.tell(`this session ends in ${left} s unless it is used`),
          over: () => edges.live.end(sessionId, `not used for ${inMinutes(idleSeconds)}, as long as its access allows`),
        });
  const behind = holdForRecording(edges, { sessionId, identityId: opened.ask.identityId, recording, control });
  let ended: Promise<void> | undefined;
  const until =
    opened.endsAt === null
      ? 'until it is revoked'
      : `until ${opened.endsAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return {
    sessionId,
    target: { host: system.host, port: system.port, pinned: system.pinned, systemName: system.name },
    credential: opened.credential,
    notice: `Reeve: recorded, ${until}, ends at once if revoked. Session ${sessionId}`,
    obligations: {
      record: true,
      allowForwarding: opened.terms.forwardTo,
      allowListening: opened.terms.listenOn,
      allowAgent: opened.terms.agent,
      files: filesOf(opened.terms, opened.account.name),
      ...(opened.account.identityId === opened.ask.identityId ? {} : { sharedAccount: true as const }),
      ...(opened.statements === undefined ? {} : { statements: opened.statements }),
      ...(opened.commands === undefined ? {} : { commands: opened.commands.rules }),
      ...(opened.web === undefined ? {} : { web: opened.web }),
      ...(opened.requests === undefined ? {} : { requests: opened.requests }),
    },
    ...(opened.commands === undefined
      ? {}
      : {
          commandMatched: commandsOf(edges, {
            sessionId,
            identityId: opened.ask.identityId,
            place: `${opened.account.name}@${system.name}`,
            askSeconds: opened.commands.askSeconds,
            over: opened.kill,
          }),
        }),
    recorder,
    kill: opened.kill,
    orders: control.orders,
    event: (event) => log.add(event),
    ended: (how) => {
      ended ??= (async () => {
        stop?.();
        edges.live.remove(sessionId);
        const at = edges.clock.now();
        const { head, lost } = await closeRecording(edges, sessionId, recording);
        await behind.settled();
        await untilKept(edges, { sessionId, doing: 'keeping the events of a session' }, () => log.flush());
        await untilKept(edges, { sessionId, doing: 'closing the record of a session' }, () =>
          finishSession(edges, {
            id: sessionId,
            at,
            because: lost ? `${how.reason}; the end of its recording could not be kept` : how.reason,
            bytesIn: how.bytesIn,
            bytesOut: how.bytesOut,
            recordingHead: head,
          }),
        );
      })();
      edges.live.closing(sessionId, ended);
      return ended;
    },
  };
}

/** What of the terms is of files, and of this account. */
function filesOf({ files, deniedPaths, capture }: SshTerms, account: string): FileTerms {
  const rules = capture.filter((rule) => rule.account === null || rule.account === account);
  return { direction: files, deniedPaths, ...(rules.length === 0 ? {} : { capture: rules }) };
}

/**
 * Keeps what happens in a session, written in batches; details sealed, since people type secrets into commands. What
 * the database does not take waits for the next batch.
 */
function keepEvents(edges: AdmissionEdges, sessionId: string): { add(event: KeptEvent): void; flush(): Promise<void> } {
  const key = edges.keys.sealing('session events');
  const searchKey = edges.keys.derive(SEARCH_KEY);
  let waiting: { n: number; event: KeptEvent }[] = [];
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  let flushed: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    flushed = flushed.catch(() => undefined).then(writeWaiting);
    return flushed;
  };
  const writeWaiting = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      await insert(batch);
    } catch (error) {
      if (isAway(error)) waiting = [...batch, ...waiting].slice(0, MOST_WAITING);
      throw error;
    }
  };
  const insert = async (batch: typeof waiting): Promise<void> => {
    await edges.db.run(sql`
      insert into session_event (session_id, n, at_ms, type, class, sealed_detail, words)
      select ${sessionId}, n, at_ms, type, class, sealed, words::bigint[] from unnest(
        ${batch.map((b) => b.n)}::int[], ${batch.map((b) => Math.round(b.event.atMs))}::int[], ${batch.map((b) => b.event.type)}::text[],
        ${batch.map((b) => (b.event.type === 'exec' || b.event.type === 'command' ? classOf(b.event.detail) : 'other'))}::text[],
        ${batch.map((b) => seal(key, Buffer.from(b.event.detail.slice(0, 8192)), eventContext(sessionId, b.n)))}::bytea[],
        ${batch.map((b) => `{${searchTokens(searchKey, b.event.detail).join(',')}}`)}::text[]) as fresh (n, at_ms, type, class, sealed, words)
      on conflict on constraint session_event_pk do nothing`); // a batch may be there though its answer was lost
  };
  const later = (): void => {
    timer ??= setTimeout(() => {
      flush().catch((error: unknown) => {
        if (!isAway(error)) return edges.log.error('events of a session were lost', { sessionId, error });
        edges.log.warn('events of a session wait for the database', { sessionId, error });
        later();
      });
    }, FLUSH_MS);
  };
  return {
    add: (event) => {
      if (waiting.length < MOST_WAITING) waiting.push({ n: count, event });
      else edges.log.error('an event of a session was lost: the database is away for too long', { sessionId });
      count += 1;
      later();
    },
    flush,
  };
}
