import { randomBytes } from 'node:crypto';
import { line, oneLine, quote, seen, type Case } from './ways.ts';

const odd = `a 'b' "c" $HOME \\ ; | & ( ) < > * ? ~ # \`d\` {e} !f é 漢 😀`;

/** Commands and shells without a terminal: codes, streams, ends and order. */
export const commandCases: readonly Case[] = [
  ...[0, 1, 42, 127, 255].map((code) => oneLine(`a command that exits with ${code}`, `$SSH $DEST 'exit ${code}'`)),
  oneLine('a command that is not there', '$SSH $DEST no-such-command-here'),
  oneLine('output and error output, each to its own', `$SSH $DEST 'echo one; echo two >&2; echo three; exit 3'`),
  ...['TERM', 'KILL', 'HUP', 'SEGV', 'USR1'].map((signal) =>
    oneLine(`a command that dies of ${signal}`, `$SSH $DEST 'kill -${signal} $$'`),
  ),
  oneLine(
    'a command with everything a shell could stumble over',
    `$SSH $DEST ${quote(`printf '%s\\n' ${quote(odd)}`)}`,
  ),
  oneLine('a command of a hundred thousand characters', `$SSH $DEST "echo $(printf 'x%.0s' {1..100000}) | wc -c"`),
  oneLine('a command with line feeds', `$SSH $DEST $'echo one\\necho two\\nexit 5'`),
  oneLine(
    'a shell that reads its commands from a pipe',
    `printf 'echo hello\\ncd /tmp\\npwd\\nexit 9\\n' | $SSH $DEST`,
  ),
  oneLine('input that ends before the command does', `echo in | $SSH $DEST 'cat; sleep 0.3; echo late; exit 4'`),
  oneLine('no input at all', `$SSH -n $DEST 'cat; echo end'`),
  oneLine('input that is closed at once', `$SSH $DEST 'cat; echo end' <&-`),
  oneLine('a command that does not read its input', `head -c 3000000 /dev/zero | $SSH $DEST 'exec <&-; echo ok'`),
  oneLine('output closed long before the end', `$SSH $DEST 'exec >&-; sleep 0.3; exit 6'`),
  oneLine('a reader that has enough of something endless', `$SSH $DEST yes | head -n 1; echo "\${PIPESTATUS[0]}"`),
  oneLine('a writer whose reader has gone', `yes | (timeout 20 $SSH $DEST 'exec <&-; sleep 1; exit 3'; echo $?)`),
  oneLine('a reader that has enough', `$SSH $DEST 'seq 1 2000000' | head -n 3; echo "\${PIPESTATUS[0]}"`),
  oneLine(
    'a process left behind that holds no output',
    `$SSH $DEST 'sleep 3 > /dev/null 2>&1 < /dev/null & echo started'`,
  ),
  oneLine('a process left behind that still writes', `$SSH $DEST '(sleep 0.4; echo later) & echo now'`),
  oneLine('many small writes in order', `$SSH $DEST 'for i in $(seq 1 3000); do echo $i; done'`),
  oneLine(
    'two full streams at once',
    `$SSH $DEST 'seq 1 300000 & seq 300000 -1 1 >&2; wait' 2> $DIR/err; sort -n $DIR/err | sha256sum`,
  ),
  oneLine('a subsystem that is not there', `$SSH -s $DEST no-such-subsystem 2> /dev/null`),
  oneLine(
    'language and locale as the person has them',
    `LC_TIME=de_DE.UTF-8 LC_EVIL=x $SSH -o 'SendEnv=LC_*' $DEST 'echo "$LC_TIME $LC_EVIL"'`,
  ),
  oneLine(
    'ten commands at the same time',
    `for i in 1 2 3 4 5 6 7 8 9 10; do ($SSH $DEST "echo $i; exit $i" > $DIR/ten.$i; echo code $? >> $DIR/ten.$i) & done; wait; for i in 1 2 3 4 5 6 7 8 9 10; do cat $DIR/ten.$i; done`,
  ),
  oneLine(
    'several commands over one connection: ControlMaster',
    `$SSH -o ControlMaster=auto -o ControlPath=$DIR/cm -o ControlPersist=20 $DEST 'echo one'; for i in 2 3 4; do $SSH -o ControlPath=$DIR/cm $DEST "echo $i; exit $i"; echo $?; done; $SSH -o ControlPath=$DIR/cm -O exit $DEST 2> /dev/null; echo $?`,
  ),
  oneLine(
    'keys that change again and again',
    `head -c 8000000 /dev/zero | $SSH -o RekeyLimit=1M $DEST cat | sha256sum`,
  ),
  oneLine(
    'signs of life that are asked for',
    `$SSH -o ServerAliveInterval=1 -o ServerAliveCountMax=1 $DEST 'sleep 2.3; echo alive'`,
  ),
  oneLine(
    'a display that nobody gets',
    `DISPLAY=127.0.0.1:77 $SSH -Y $DEST 'echo "[$DISPLAY]"' 2>&1 | grep -v Warning`,
  ),
  oneLine('a connection without a command', `timeout 1 $SSH -N $DEST; echo $?`),
  {
    title: '64 MiB up and down, byte for byte',
    see: async (way) => {
      const ran = await line(
        way,
        `cat > $DIR/big; $SSH $DEST 'cat > '$DIR'/there; sha256sum < '$DIR'/there' < $DIR/big; $SSH $DEST "cat $DIR/there" | cmp - $DIR/big && echo same`,
        { stdin: big },
      );
      return seen(ran, way);
    },
  },
  {
    title: '8 MiB echoed back while it is still being sent',
    see: async (way) => seen(await line(way, `$SSH $DEST cat`, { stdin: big.subarray(0, 8 * 1024 * 1024) }), way),
  },
];

const big = randomBytes(64 * 1024 * 1024);
