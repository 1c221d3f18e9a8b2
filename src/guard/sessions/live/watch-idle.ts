import type { ChannelRecorder, Recorder } from '#gateways/port.ts';

const LOOK_MS = 5_000;
const WARN_SECONDS = 60;

/**
 * Notices when nobody uses a session: at a terminal, when nothing is typed, whatever it shows; on any other channel, when
 * nothing flows at all. Costs the time of reading a clock for each piece. While the session is held nobody can use it,
 * and that does not count.
 */
export function watchIdle(
  recorder: Recorder,
  seconds: number,
  on: { readonly held: () => boolean; readonly soon: (seconds: number) => void; readonly over: () => void },
): { readonly recorder: Recorder; readonly stop: () => void } {
  let used = performance.now();
  let warned = false;
  const use = (): void => {
    used = performance.now();
    warned = false;
  };
  const timer = setInterval(
    () => {
      if (on.held()) return use();
      const left = seconds - (performance.now() - used) / 1000;
      if (left <= 0) {
        clearInterval(timer);
        on.over();
      } else if (left <= WARN_SECONDS && seconds >= 2 * WARN_SECONDS && !warned) {
        warned = true;
        on.soon(Math.ceil(left));
      }
    },
    Math.min(LOOK_MS, seconds * 250),
  ).unref();
  const channel: Recorder['channel'] = (meta) => {
    use();
    const inner: ChannelRecorder = recorder.channel(meta);
    const isTerminal = meta.term !== undefined;
    return {
      output: (data, stderr) => {
        if (!isTerminal) use();
        return inner.output(data, stderr);
      },
      input: (data) => {
        if (data.length > 0) use();
        return inner.input(data);
      },
      resize: (cols, rows) => inner.resize(cols, rows),
      ...(inner.file === undefined ? {} : { file: inner.file.bind(inner) }),
      end: (exit) => inner.end(exit),
    };
  };
  const statements: Recorder['statements'] = (meta) => {
    use();
    const inner = recorder.statements(meta);
    return {
      get full() {
        return inner.full;
      },
      began: (statement) => {
        use();
        return inner.began(statement);
      },
      ended: (n, how) => {
        use();
        inner.ended(n, how);
      },
      close: (bytes) => inner.close(bytes),
    };
  };
  return {
    recorder: { channel, statements, drained: () => recorder.drained(), failed: recorder.failed },
    stop: () => clearInterval(timer),
  };
}
