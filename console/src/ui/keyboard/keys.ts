/** What a key event says, as far as shortcuts care. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** `j`, `shift+x`, `mod+k`, `enter`, `?`: the name shortcuts are written with. `mod` is ⌘ or Ctrl. */
export const nameOf = (press: KeyPress): string => {
  const key = press.key === ' ' ? 'space' : press.key.toLowerCase();
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push('mod');
  if (press.altKey) parts.push('alt');
  // Shift is part of how `?` is typed, but a word of its own before a letter or a named key.
  if (press.shiftKey && (key.length > 1 || /\p{L}/u.test(key))) parts.push('shift');
  parts.push(key);
  return parts.join('+');
};

export interface ChordStep {
  /** The shortcut that is now complete. */
  readonly run?: string;
  /** First key of a two-key shortcut, waiting for the second. */
  readonly pending?: string;
}

/** One key further in `g i` and the like. A pending first key that leads nowhere is forgotten and the key counts afresh. */
export const stepChord = (pending: string | undefined, name: string, known: ReadonlySet<string>): ChordStep => {
  if (pending !== undefined && known.has(`${pending} ${name}`)) return { run: `${pending} ${name}` };
  if ([...known].some((keys) => keys.startsWith(`${name} `))) return { pending: name };
  return known.has(name) ? { run: name } : {};
};

/** Single keys must not fire without a modifier where somebody may be typing (WCAG 2.2, 2.1.4). */
export const needsModifier = (name: string): boolean => !name.includes('mod+') && !name.includes('alt+');

interface MaybeElement {
  readonly closest?: (selector: string) => unknown;
}
const textual =
  'input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true], [role=combobox], [role=listbox]';

/** Whether keys pressed on this target are text. */
export const isTyping = (target: unknown): boolean =>
  typeof target === 'object' && target !== null && ((target as MaybeElement).closest?.(textual) ?? null) !== null;

const symbols: Readonly<Record<string, string>> = {
  mod: '⌘',
  shift: '⇧',
  alt: '⌥',
  enter: '↵',
  escape: 'Esc',
  arrowdown: '↓',
  arrowup: '↑',
  arrowleft: '←',
  arrowright: '→',
  space: 'Space',
};

/** How a shortcut is shown: one string a key, `g i` as two. `mod` reads Ctrl where there is no ⌘. */
export const shownKeys = (keys: string, mac: boolean): readonly string[] =>
  keys.split(' ').map((press) =>
    press
      .split('+')
      .map((part) => (part === 'mod' && !mac ? 'Ctrl' : (symbols[part] ?? part.toUpperCase())))
      .join(mac ? '' : '+'),
  );
