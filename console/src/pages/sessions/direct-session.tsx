import { Button } from '@mantine/core';
import { messageSession, pauseSession, resumeSession } from '../../api/live.ts';
import { can, useMe } from '../../api/me.ts';
import type { Session } from '../../api/shapes/guard.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { useEndSessions } from './end-session.ts';

type Direct = Pick<Session, 'id' | 'state' | 'holds' | 'held' | 'pausedBecause'>;

/** What whoever is in charge does with a session as it runs: tell its person something, pause it, let it go on, end it. */
export const DirectSession = ({ session }: { readonly session: Session }) => {
  const me = useMe();
  const end = useEndSessions();
  const stales = ['sessions'];
  const message = useAct({ run: (words: string) => messageSession(session.id, words), stales, done: () => 'Told' });
  const pause = useAct({ run: (why: string) => pauseSession(session.id, why), stales, done: () => 'Paused' });
  const resume = useAct({ run: (why: string) => resumeSession(session.id, why), stales, done: () => 'Goes on' });
  const { state, holds, pausedBecause }: Direct = session;
  if (state === 'ended') return null;
  const ask = (
    question: { title: string; text: string; action: string; reasonLabel?: string },
    then: (words: string) => void,
  ): void =>
    void confirm({ ...question, reason: 'required' }).then((answer) =>
      answer === undefined ? undefined : then(answer.reason),
    );
  return (
    <div className="row">
      {holds && can(me, 'session.message') ? (
        <Button
          variant="default"
          onClick={() =>
            ask(
              {
                title: `Tell ${session.identityName} something`,
                text: 'It is printed in their terminal at once, and kept in the audit log.',
                action: 'Tell',
                reasonLabel: 'Message',
              },
              message.mutate,
            )
          }
        >
          Message…
        </Button>
      ) : null}
      {holds && pausedBecause === null && can(me, 'session.pause') ? (
        <Button
          variant="default"
          onClick={() =>
            ask(
              {
                title: 'Pause this session?',
                text: 'Nothing flows either way until it is resumed; the reason is printed in the terminal. What runs on the target goes on running.',
                action: 'Pause',
              },
              pause.mutate,
            )
          }
        >
          Pause…
        </Button>
      ) : null}
      {pausedBecause !== null && can(me, 'session.resume') ? (
        <Button
          onClick={() =>
            ask(
              {
                title: 'Let this session go on?',
                text: `It was paused: ${pausedBecause}`,
                action: 'Resume',
              },
              resume.mutate,
            )
          }
        >
          Resume…
        </Button>
      ) : null}
      {can(me, 'session.end') ? (
        <Button color="red" onClick={() => end([session])}>
          End now…
        </Button>
      ) : null}
    </div>
  );
};
