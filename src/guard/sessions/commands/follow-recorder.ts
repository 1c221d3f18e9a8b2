import type { ChannelRecorder, Recorder } from '#gateways/port.ts';
import { FollowCommands } from './follow-commands.ts';

/** So many commands and statements of a session can be found; the recording has all. */
const MOST_FOUND = 10_000;

/** What was run in a session, as it shows. */
export interface FoundInSession {
  readonly type: 'command' | 'statement';
  readonly detail: string;
}

/** Hands on what is recorded, and tells of each command that a terminal shows and each new text of a statement. */
export function followRecorder(recorder: Recorder, tell: (found: FoundInSession) => void): Recorder {
  let count = 0;
  const found = (type: FoundInSession['type'], detail: string): void => {
    count += 1;
    if (count < MOST_FOUND) tell({ type, detail });
    else if (count === MOST_FOUND) tell({ type, detail: `${detail}\n(what follows is in the recording only)` });
  };
  return {
    drained: () => recorder.drained(),
    failed: recorder.failed,
    channel: (meta) => {
      const inner = recorder.channel(meta);
      if (meta.term === undefined) return inner;
      const size = { cols: meta.cols ?? 80, rows: meta.rows ?? 24 };
      const commands = new FollowCommands(size, (command) => found('command', command));
      return followTerminal(inner, commands);
    },
    statements: (meta) => {
      const inner = recorder.statements(meta);
      const known = new Set<string>();
      return {
        get full() {
          return inner.full;
        },
        began: (statement) => {
          if (known.size < MOST_FOUND && !known.has(statement.text)) {
            known.add(statement.text);
            found('statement', statement.text);
          }
          return inner.began(statement);
        },
        ended: (n, how) => inner.ended(n, how),
        close: (bytes) => inner.close(bytes),
      };
    },
  };
}

const followTerminal = (inner: ChannelRecorder, commands: FollowCommands): ChannelRecorder => ({
  output: (data, stderr) => {
    commands.shown(data);
    return inner.output(data, stderr);
  },
  input: (data) => {
    commands.typed(data);
    return inner.input(data);
  },
  resize: (cols, rows) => {
    commands.resize(cols, rows);
    inner.resize(cols, rows);
  },
  end: (exit) => inner.end(exit),
});
