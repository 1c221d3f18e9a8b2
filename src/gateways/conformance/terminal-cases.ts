import { oneLine, quote, type Case } from './ways.ts';

/**
 * Runs a script under a terminal of its own, 40 rows by 100 columns, and shows what the terminal showed.
 * Its input never ends: at an end `script` types a key of its own, and where that shows depends on the moment.
 */
const inTerminal = (script: string): string =>
  `rm -f $DIR/ready $DIR/keys; mkfifo $DIR/keys; cat > $DIR/script <<'END'\nstty rows 40 cols 100\n${script}\nEND\nscript -qec "bash $DIR/script" /dev/null <> $DIR/keys`;
const needs = ['script', 'stty'];
/** Both ends are this machine: a file says when the other side is ready. Bounded. */
const until = (file: string): string => `for i in $(seq 200); do [ -e ${file} ] && break; sleep 0.05; done`;
const patience = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.5; done; exit 1';

/** What needs a terminal: size, modes, keys, signals by key. */
export const terminalCases: readonly Case[] = [
  oneLine(
    'a terminal without one: -tt',
    `$SSH -tt $DEST 'tty > /dev/null && echo yes; exit 3' < /dev/null 2> /dev/null`,
  ),
  oneLine('the size of the terminal', inTerminal(`$SSH -tt $DEST 'stty size'`), { needs }),
  oneLine('the name of the terminal', inTerminal(`TERM=xterm-256color $SSH -tt $DEST 'echo $TERM'`), { needs }),
  oneLine(
    'the modes of the terminal, erase key and all',
    inTerminal(`stty erase '^H' intr '^Y' -echo iutf8; $SSH -tt $DEST 'stty -a'`),
    { needs },
  ),
  oneLine(
    'a terminal that changes its size, and a program that is told',
    inTerminal(
      `(${until('$DIR/ready')}; stty rows 45 cols 123 < /dev/tty) &
$SSH -tt $DEST "stty size; trap 'stty size; exit 7' WINCH; touch $DIR/ready; ${patience}"`,
    ),
    { needs },
  ),
  oneLine(
    'the interrupt key',
    `rm -f $DIR/ready; (${until('$DIR/ready')}; printf '\\003'; sleep 1) | $SSH -tt $DEST "trap 'echo interrupted; exit 8' INT; touch $DIR/ready; ${patience}" 2> /dev/null`,
  ),
  oneLine(
    'the end-of-file key',
    `rm -f $DIR/ready; (${until('$DIR/ready')}; printf 'text\\n\\004'; sleep 1) | $SSH -tt $DEST "touch $DIR/ready; cat > /dev/null; echo over; exit 2" 2> /dev/null`,
  ),
  oneLine(
    'escape sequences, titles and colours as they are',
    inTerminal(`$SSH -tt $DEST 'printf "\\033]0;title\\007\\033[31mred\\033[0m\\r\\n"'`),
    { needs },
  ),
  // stty sets rows and columns one after the other: what comes between is not waited for.
  ...(
    [
      [
        'vim',
        `vim -Nnu NONE -i NONE -c "au VimResized * if &columns == 123 | call writefile([&columns], '$DIR/cols') | qa! | endif" -c "call timer_start(50, {-> writefile([], '$DIR/ready')})" $DIR/script`,
        'cat $DIR/cols',
      ],
      ['top', `(sleep 0.7; touch $DIR/ready) & env HOME=/nonexistent top -d 0.3`, 'echo left'],
      [
        'tmux',
        `tmux -L conf-$$ -f /dev/null new 'touch $DIR/ready; trap "stty size > $DIR/cols; grep -q 123 $DIR/cols && exit" WINCH; ${'for i in $(seq 100); do sleep 0.1; done'}'`,
        'cat $DIR/cols',
      ],
    ] as const
  ).map(([program, command, after]) =>
    oneLine(
      `${program}, whose terminal changes its size`,
      `${inTerminal(
        `(${until('$DIR/ready')}; stty rows 45 cols 123 < /dev/tty; sleep 0.5; printf q > $DIR/keys) &
TERM=xterm $SSH -tt $DEST "export DIR=$DIR; "${quote(command)} > $DIR/shown; echo code $?; stty size`,
      )}; ${after}; grep -c . $DIR/shown > /dev/null && echo shown; rm -f $DIR/cols $DIR/shown`,
      { needs: [...needs, program] },
    ),
  ),
  oneLine('bytes that are no text', inTerminal(`$SSH -tt $DEST 'stty raw; printf "\\377\\376\\000\\001"'`), { needs }),
];
