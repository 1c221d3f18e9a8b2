import { useEffect, type KeyboardEvent, type RefObject } from 'react';
import type { Past, Run } from './prompt-state.ts';
import s from './prompt.module.css';

/** What is to be run: the selection where there is one, else all; and where it begins. The mark of an error is none. */
export const toRun = (editor: HTMLTextAreaElement): { readonly text: string; readonly offset: number } => {
  const { selectionStart, selectionEnd, value } = editor;
  const isMark = editor.dataset['mark'] === `${String(selectionStart)}-${String(selectionEnd)}`;
  return selectionStart === selectionEnd || isMark
    ? { text: value, offset: 0 }
    : { text: value.slice(selectionStart, selectionEnd), offset: selectionStart };
};

/** Replaces a part of what is written, so that it can be undone. */
export const writeInto = (editor: HTMLTextAreaElement, text: string, all: boolean): void => {
  editor.focus();
  if (all) editor.select();
  // the one way in which a change made by a page is part of the editor's own undo
  if (!document.execCommand('insertText', false, text))
    editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, 'end');
};

/** Where statements are written. Nothing of it is kept once the page is left. */
export const StatementEditor = ({
  editor,
  past,
  failedRun,
  longest,
  onRun,
}: {
  readonly editor: RefObject<HTMLTextAreaElement | null>;
  readonly past: readonly Past[];
  readonly failedRun: Run | undefined;
  readonly longest: number;
  readonly onRun: () => void;
}) => {
  useEffect(() => {
    const box = editor.current;
    if (failedRun === undefined || box === null) return;
    const at = failedRun.statements.find(({ failed }) => failed?.at !== undefined)?.failed?.at;
    if (
      at === undefined ||
      box.value.slice(failedRun.offset, failedRun.offset + failedRun.text.length) !== failedRun.text
    )
      return;
    const from = failedRun.offset + at;
    const word = /^[\w"`.]+|^[^]/.exec(box.value.slice(from))?.[0].length ?? 0;
    box.setSelectionRange(from, from + word);
    box.dataset['mark'] = `${String(from)}-${String(from + word)}`;
  }, [editor, failedRun]);
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return onRun();
    }
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    const box = event.currentTarget;
    const at = past.findIndex(({ text }) => text === box.value);
    const next = past[event.key === 'ArrowUp' ? at + 1 : at - 1];
    if (next !== undefined) writeInto(box, next.text, true);
  };
  return (
    <textarea
      ref={editor}
      className={s['editor']}
      aria-label="Statements"
      aria-keyshortcuts="Control+Enter Alt+ArrowUp Alt+ArrowDown"
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      autoCorrect="off"
      maxLength={longest}
      placeholder="select …"
      onKeyDown={onKey}
    />
  );
};
