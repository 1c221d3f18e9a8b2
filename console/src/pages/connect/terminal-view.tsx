import { Button, Switch } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { announce } from '../../ui/feedback/live-region.tsx';
import { setPreferences, usePreferences } from '../../ui/preferences.ts';
import { StateBadge } from '../../ui/show/badges.tsx';
import { copyText } from '../../ui/show/copyable.tsx';
import { Countdown } from '../../ui/show/time-ago.tsx';
import { makeTerminal, type MadeTerminal } from '../../ui/terminal/make-terminal.ts';
import s from './connect.module.css';
import { Ended } from './ended.tsx';
import { FilesPanel } from './files-panel.tsx';
import { openConnection, type Connection } from './open-connection.ts';
import { useAskedBeforeLeaving } from './use-asked-before-leaving.ts';

interface State {
  readonly now: 'connecting' | 'open' | 'ended';
  readonly because?: string;
  readonly mostFileBytes: number;
  readonly session?: { readonly id: string; readonly endsAt: string | null };
}

/** A terminal, what is known of its session, and its files. */
export const TerminalView = ({
  system,
  account,
  onAgain,
}: {
  readonly system: string;
  readonly account: string;
  readonly onAgain: () => void;
}) => {
  const place = useRef<HTMLDivElement>(null);
  const leave = useRef<HTMLButtonElement>(null);
  const terminal = useRef<MadeTerminal>(undefined);
  const [connection, setConnection] = useState<Connection>();
  const [state, setState] = useState<State>({ now: 'connecting', mostFileBytes: 0 });
  const [files, setFiles] = useState(false);
  const { screenReader } = usePreferences();
  const first = useRef(screenReader);
  useAskedBeforeLeaving(state.now === 'open');
  useEffect(() => {
    if (place.current === null) return undefined;
    let opened: Connection | undefined;
    const made = makeTerminal(
      place.current,
      {
        typed: (bytes) => opened?.type(bytes),
        resized: (size) => opened?.resize(size),
        leaves: () => leave.current?.focus(),
        copied: (text) => void copyText(text),
      },
      first.current,
    );
    terminal.current = made;
    opened = openConnection({ system, account }, made.size(), {
      opened: ({ mostFileBytes }) => {
        setState((was) => ({ ...was, now: 'open', mostFileBytes }));
        made.focus();
      },
      session: (session) => setState((was) => ({ ...was, session })),
      output: made.write,
      ended: (because) => {
        setState((was) => ({ ...was, now: 'ended', because }));
        made.close();
        announce(`The session ended: ${because}`, true);
      },
    });
    setConnection(opened);
    return () => {
      opened.close();
      made.dispose();
      terminal.current = undefined;
    };
  }, [system, account]);
  useEffect(() => terminal.current?.forScreenReaders(screenReader), [screenReader]);
  const endsAt = state.session?.endsAt ?? null;
  return (
    <div className={s['view']}>
      <div className={s['bar']}>
        <span role="status">
          {state.now === 'open' && state.session !== undefined ? (
            <StateBadge tone="good">recorded</StateBadge>
          ) : (
            <StateBadge tone={state.now === 'ended' ? 'quiet' : 'wait'}>
              {state.now === 'ended' ? 'ended' : 'connecting'}
            </StateBadge>
          )}
        </span>
        {state.now === 'open' && endsAt !== null ? (
          <span className="small">
            ends in <Countdown to={endsAt} over="a moment" />
          </span>
        ) : null}
        <span className="dim small">Esc Esc leaves the terminal</span>
        <Switch
          size="xs"
          label="For screen readers"
          checked={screenReader}
          onChange={({ currentTarget }) => setPreferences({ screenReader: currentTarget.checked })}
        />
        <Button
          ref={leave}
          size="compact-sm"
          variant="default"
          aria-pressed={files}
          disabled={state.now !== 'open'}
          onClick={() => setFiles((was) => !was)}
        >
          Files
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={state.now !== 'open'}
          onClick={() => terminal.current?.focus()}
        >
          Back to the terminal
        </Button>
      </div>
      {state.now === 'ended' ? (
        <Ended because={state.because ?? ''} sessionId={state.session?.id} onAgain={onAgain} />
      ) : null}
      <div className={s['parts']} data-files={files ? '' : undefined}>
        <div className={s['frame']}>
          <div ref={place} className={s['terminal']} />
        </div>
        {files && connection !== undefined && state.now === 'open' ? (
          <FilesPanel connection={connection} most={state.mostFileBytes} />
        ) : null}
      </div>
    </div>
  );
};
