/** Going to the terminal's other screen, and coming back. */
// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const OTHER_SCREEN = /\u001b\[\?(?:47|1047|1049)[hl]/g;
const BACK = '\u001b[?1049l';
/** Soft reset: margins, modes, cursor, character set and colours as they were (DECSTR). */
const AS_BEFORE = '\u001b[!p\u001b[?5l\u001b[?7h\u001b[0m';

/** Shows what a session showed in this terminal, and leaves the terminal as it was. */
export class ShownOutput {
  #away = false;

  show(code: string, data: string): void {
    if (code === 'o') {
      process.stdout.write(data);
      this.#away = data.match(OTHER_SCREEN)?.at(-1)?.endsWith('h') ?? this.#away;
    } else if (code === 'm') process.stderr.write(`\n[${data}]\n`);
  }

  restore(): void {
    process.stdout.write(`${this.#away ? BACK : ''}${AS_BEFORE}\n`);
  }
}
