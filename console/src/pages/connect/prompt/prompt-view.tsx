import { Alert, Button, Menu, NativeSelect, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Ended } from '../ended.tsx';
import { useAskedBeforeLeaving } from '../use-asked-before-leaving.ts';
import { StateBadge } from '../../../ui/show/badges.tsx';
import { Countdown } from '../../../ui/show/time-ago.tsx';
import { visibleLines } from './cell-text.ts';
import type { PromptState } from './prompt-state.ts';
import frame from '../connect.module.css';
import s from './prompt.module.css';
import { Results } from './results.tsx';
import { StatementEditor, toRun, writeInto } from './statement-editor.tsx';
import { TablesPanel } from './tables-panel.tsx';
import { usePrompt } from './use-prompt.ts';

const LIMITS = ['100', '500', '2000', '10000'];
const NO_TEXT = 60_000;
const IN_A_FILE = 1_000_000;

const heldWords = (session: NonNullable<PromptState['session']>): string | undefined =>
  session.held === 'paused'
    ? `Paused by who is in charge: ${session.pausedBecause ?? ''}. Nothing runs and no rows come until it goes on.`
    : session.held === 'observer'
      ? 'This session needs somebody who observes it. Nothing runs until they do.'
      : session.held === 'recording'
        ? 'Its recording cannot be written just now. Nothing runs until it can.'
        : undefined;

const transactionWords = { none: 'no transaction', open: 'transaction open', failed: 'transaction failed: roll back' };

interface To {
  readonly system: string;
  readonly account: string;
}

/** In PostgreSQL a session is of one database: another one is another session. */
const Database = ({ now, to }: { readonly now: string; readonly to: To }) => {
  const navigate = useNavigate();
  const [name, setName] = useState(now);
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        void navigate({ to: '/connect/prompt', search: { ...to, database: name } });
      }}
    >
      <TextInput
        size="xs"
        aria-label="Database"
        maxLength={63}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      {name === now || name === '' ? null : (
        <Button type="submit" size="compact-xs" variant="default">
          Open this database
        </Button>
      )}
    </form>
  );
};

const About = ({ state, to }: { readonly state: PromptState; readonly to: To }) => {
  const { now, session, opened, transaction } = state;
  return (
    <>
      <span role="status" className={s['states']}>
        {now === 'open' && session !== undefined ? (
          <StateBadge tone="good">recorded</StateBadge>
        ) : (
          <StateBadge tone={now === 'ended' ? 'quiet' : 'wait'}>{now === 'ended' ? 'ended' : 'connecting'}</StateBadge>
        )}
        {now === 'open' ? (
          <StateBadge tone={transaction === 'failed' ? 'bad' : transaction === 'open' ? 'wait' : 'quiet'}>
            {transactionWords[transaction]}
          </StateBadge>
        ) : null}
        {session !== undefined && session.watchers > 0 && now === 'open' ? (
          <StateBadge tone="info">{`watched by ${String(session.watchers)}`}</StateBadge>
        ) : null}
      </span>
      {opened?.protocol === 'postgres' ? <Database now={opened.database} to={to} /> : null}
      {now === 'open' && session?.endsAt !== undefined && session.endsAt !== null ? (
        <span className="small">
          ends in <Countdown to={session.endsAt} over="a moment" />
        </span>
      ) : null}
    </>
  );
};

const Running = () => {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const each = setInterval(() => setSeconds((was) => was + 1), 1_000);
    return () => clearInterval(each);
  }, []);
  return <span className="small">running for {seconds} s</span>;
};

/** An SQL prompt: statements, what came of them, and what there is in the database. */
export const PromptView = ({
  system,
  account,
  database,
  onAgain,
}: {
  readonly system: string;
  readonly account: string;
  readonly database: string;
  readonly onAgain: () => void;
}) => {
  const prompt = usePrompt({ system, account, database });
  const { state, busy } = prompt;
  const editor = useRef<HTMLTextAreaElement>(null);
  const [most, setMost] = useState('500');
  const [tables, setTables] = useState(false);
  const open = state.now === 'open';
  useAskedBeforeLeaving(open);
  const run = (into: 'screen' | 'file'): void => {
    if (editor.current === null || !open || busy) return;
    const what = toRun(editor.current);
    prompt.run(
      into === 'screen'
        ? { ...what, most: Number(most), into }
        : { ...what, most: IN_A_FILE, into, guard: true, name: `${account}-${system}` },
    );
  };
  const insert = (text: string): void => {
    if (editor.current !== null) writeInto(editor.current, text, false);
  };
  const held = state.session === undefined || !open ? undefined : heldWords(state.session);
  return (
    <div className={frame['view']} data-tall>
      <div className={frame['bar']}>
        <About state={state} to={{ system, account }} />
      </div>
      {state.now === 'ended' ? (
        <Ended because={state.because ?? ''} sessionId={state.session?.id} onAgain={onAgain} />
      ) : held === undefined ? null : (
        <Alert color="yellow" role="alert" title="Nothing flows just now">
          {held}
        </Alert>
      )}
      <div className={frame['parts']} data-tables={tables ? '' : undefined}>
        {tables && open ? <TablesPanel prompt={prompt} onInsert={insert} /> : null}
        <div className={s['main']}>
          <StatementEditor
            editor={editor}
            past={state.past}
            failedRun={state.run?.over === true ? state.run : undefined}
            longest={state.opened?.longestText ?? NO_TEXT}
            onRun={() => run('screen')}
          />
          <div className={frame['bar']}>
            <Button size="compact-sm" disabled={!open || busy} onClick={() => run('screen')}>
              Run
            </Button>
            <Button size="compact-sm" variant="default" disabled={!busy} onClick={prompt.stop}>
              Stop
            </Button>
            {busy ? <Running key={state.run?.id} /> : <span className="dim small">Ctrl+Enter</span>}
            <NativeSelect
              size="xs"
              aria-label="Rows shown of each result"
              data={LIMITS.map((value) => ({ value, label: `${Number(value).toLocaleString('en')} rows` }))}
              value={most}
              onChange={({ currentTarget }) => setMost(currentTarget.value)}
            />
            <Button size="compact-sm" variant="default" disabled={!open || busy} onClick={() => run('file')}>
              Run into a CSV file
            </Button>
            <Menu position="bottom-start" withinPortal={false}>
              <Menu.Target>
                <Button size="compact-sm" variant="default" disabled={state.past.length === 0}>
                  History
                </Button>
              </Menu.Target>
              <Menu.Dropdown className={s['past'] ?? ''}>
                {state.past.map(({ id, text, outcome }) => (
                  <Menu.Item
                    key={id}
                    onClick={() => {
                      if (editor.current !== null) writeInto(editor.current, text, true);
                    }}
                  >
                    <code>{visibleLines(text.replaceAll(/\s+/g, ' ').slice(0, 100))}</code>{' '}
                    <span className="dim small">{outcome}</span>
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
            <Button
              size="compact-sm"
              variant="default"
              aria-pressed={tables}
              disabled={!open}
              onClick={() => setTables((was) => !was)}
            >
              Tables
            </Button>
          </div>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by keyboard */}
          <div className={s['below']} tabIndex={0} role="region" aria-label="Results">
            {state.notices.length === 0 ? null : (
              <ul className={s['notices']} aria-label="Notices">
                {state.notices.map(({ n, severity, text }) => (
                  <li key={n}>
                    <span className="dim">{severity}</span> {visibleLines(text)}
                  </li>
                ))}
              </ul>
            )}
            <Results run={state.run} fileName={`${account}-${system}`} />
          </div>
        </div>
      </div>
    </div>
  );
};
