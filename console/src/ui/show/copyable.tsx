import { useState } from 'react';
import { announce } from '../feedback/live-region.tsx';
import { Icon } from './icon.tsx';
import s from './show.module.css';

const copy = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no permission, or plain http: the text stays selectable
  }
};

export const copyText = async (text: string, what = 'Copied'): Promise<void> => {
  announce((await copy(text)) ? what : 'The browser did not allow copying. Select the text and copy it yourself.');
};

/** An identifier or a line to paste; one click copies it. */
export const Copyable = ({ text, label }: { readonly text: string; readonly label?: string }) => {
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      className={s['copyable']}
      aria-label={label === undefined ? `Copy ${text}` : `Copy ${label}: ${text}`}
      onClick={() => {
        void copyText(text).then(() => setDone(true));
        setTimeout(() => setDone(false), 1_500);
      }}
    >
      <span>{text}</span>
      <Icon name={done ? 'check' : 'copy'} size={13} />
    </button>
  );
};

/** A command on a line of its own. */
export const CommandLine = ({ text, label }: { readonly text: string; readonly label?: string }) => (
  <p className={s['line']}>
    <Copyable text={text} {...(label === undefined ? {} : { label })} />
  </p>
);
