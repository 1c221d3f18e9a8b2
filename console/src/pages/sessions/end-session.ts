import { endSession } from '../../api/guard.ts';
import type { Session } from '../../api/shapes/guard.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';

/** Ending live sessions: asks why, then cuts them. The person at the other end reads the reason. */
export const useEndSessions = (): ((sessions: readonly Session[]) => void) => {
  const end = useAct({
    run: ({ sessions, because }: { sessions: readonly Session[]; because: string }) =>
      Promise.all(sessions.map(({ id }) => endSession(id, because))),
    stales: ['sessions'],
    done: (_, { sessions }) => (sessions.length === 1 ? 'Session ended' : `${String(sessions.length)} sessions ended`),
  });
  return (sessions) =>
    void confirm({
      title:
        sessions.length === 1 && sessions[0] !== undefined
          ? `End ${sessions[0].identityName}’s session on ${sessions[0].systemName}?`
          : `End ${String(sessions.length)} sessions?`,
      text: 'The connection is cut at once. The reason is printed in the terminal.',
      action: 'End now',
      danger: true,
      reason: 'required',
    }).then((answer) => (answer === undefined ? undefined : end.mutate({ sessions, because: answer.reason })));
};

export const sessionSeconds = (session: Session, now: number): number =>
  ((session.endedAt === null ? now : Date.parse(session.endedAt)) - Date.parse(session.startedAt)) / 1_000;
