import { TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Icon } from '../../ui/show/icon.tsx';
import { transcript, type Cast } from './cast.ts';
import s from './sessions.module.css';

const shownAtMost = 2_000;

/** The session as text: searchable, readable without playing, a click goes to the moment. */
export const Transcript = ({ cast, onJump }: { readonly cast: Cast; readonly onJump: (event: number) => void }) => {
  const [text, setText] = useState('');
  const lines = useMemo(() => transcript(cast.events), [cast]);
  const found = text === '' ? lines : lines.filter((line) => line.text.toLowerCase().includes(text.toLowerCase()));
  return (
    <div className="stack">
      <TextInput
        aria-label="Search in the session"
        placeholder="Search in the session"
        leftSection={<Icon name="search" />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <span role="status" className="dim small">
        {text === ''
          ? `${lines.length.toLocaleString('en')} lines`
          : `${found.length.toLocaleString('en')} of ${lines.length.toLocaleString('en')} lines`}
        {found.length > shownAtMost ? `, the first ${shownAtMost.toLocaleString('en')} shown` : ''}
      </span>
      <ol className={s['transcript']} aria-label="Transcript">
        {found.slice(0, shownAtMost).map((line) => (
          <li key={line.event + line.text}>
            <button type="button" onClick={() => onJump(line.event)}>
              {line.text}
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
};
