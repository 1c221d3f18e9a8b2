import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { stylesheetsFor, styleSpansByScript } from './styles-by-script.ts';

/** What a terminal needs from whoever shows it. */
export interface TerminalEvents {
  readonly typed: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly resized: (size: { readonly cols: number; readonly rows: number }) => void;
  /** Escape was pressed twice: the focus is to leave. */
  readonly leaves: () => void;
  readonly copied: (text: string) => void;
}

export interface MadeTerminal {
  readonly size: () => { readonly cols: number; readonly rows: number };
  /** Shows bytes; `shown` is called when they are on the screen. */
  readonly write: (bytes: Uint8Array, shown: () => void) => void;
  readonly focus: () => void;
  readonly forScreenReaders: (on: boolean) => void;
  /** Nothing is typed any more. */
  readonly close: () => void;
  readonly dispose: () => void;
}

const TWICE_MS = 500;

/**
 * Makes a terminal in `place`. What a target says cannot reach beyond it: clipboard writes and title changes lead to
 * nothing, reports of the window are not answered, links are text.
 */
export const makeTerminal = (place: HTMLElement, on: TerminalEvents, screenReader: boolean): MadeTerminal => {
  const font = getComputedStyle(place).getPropertyValue('--mantine-font-family-monospace');
  const terminal = new Terminal({
    fontFamily: font === '' ? 'monospace' : font,
    fontSize: 14,
    scrollback: 5_000,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    minimumContrastRatio: 4.5,
    screenReaderMode: screenReader,
    linkHandler: { activate: () => undefined },
    windowOptions: {},
    theme: { background: '#121314', foreground: '#e6e6e6' },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.parser.registerOscHandler(52, () => true);
  terminal.parser.registerOscHandler(8, () => true);
  styleSpansByScript();
  stylesheetsFor(() => terminal.open(place));
  fit.fit();

  const encoder = new TextEncoder();
  terminal.onData((text) => on.typed(encoder.encode(text)));
  terminal.onBinary((text) => on.typed(Uint8Array.from(text, (char) => char.charCodeAt(0))));
  terminal.onResize(on.resized);
  let escaped = 0;
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown') return true;
    if (event.ctrlKey && event.shiftKey && event.code === 'KeyC' && terminal.hasSelection()) {
      event.preventDefault();
      on.copied(terminal.getSelection());
      return false;
    }
    // what pastes is the browser's own, and not a control character
    if (event.ctrlKey && event.shiftKey && event.code === 'KeyV') return false;
    if (event.key !== 'Escape') {
      escaped = 0;
      return true;
    }
    const again = event.timeStamp - escaped < TWICE_MS && escaped > 0;
    escaped = again ? 0 : event.timeStamp;
    if (!again) return true;
    event.preventDefault();
    on.leaves();
    return false;
  });
  const fits = new ResizeObserver(() => requestAnimationFrame(() => fit.fit()));
  fits.observe(place);
  return {
    size: () => ({ cols: terminal.cols, rows: terminal.rows }),
    write: (bytes, shown) => terminal.write(bytes, shown),
    focus: () => terminal.focus(),
    forScreenReaders: (now) => {
      terminal.options.screenReaderMode = now;
    },
    close: () => {
      terminal.options.disableStdin = true;
      terminal.options.cursorBlink = false;
    },
    dispose: () => {
      fits.disconnect();
      terminal.dispose();
    },
  };
};
