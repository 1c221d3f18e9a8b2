import type { Client, ClientChannel } from 'ssh2';
import { plain } from '../tell.ts';

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** A terminal on the target, as the gateway hands it on. */
export interface Shell {
  /** Calls `take` with what is to be shown, the gateway's own lines among it. */
  readonly output: (take: (chunk: Buffer) => void) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Sends what was typed; `gone` is called when it has left. */
  readonly input: (data: Buffer, gone: () => void) => void;
  readonly resize: (size: TerminalSize) => void;
  /** Resolves once nothing more comes, with why in words for the person. */
  readonly ended: Promise<string>;
}

/** Waits for what the gateway says as it takes leave. */
type Said = () => Promise<string | undefined>;

/** Opens a terminal. */
export async function openShell(client: Client, size: TerminalSize, said: Said): Promise<Shell> {
  const opened = await new Promise<Shell | Error>((done) => {
    // followed in the same turn: its end may come with its beginning
    client.shell({ term: 'xterm-256color', ...size }, (error, channel) =>
      done(error ?? shellOf(channel, follow(client, channel, said))),
    );
  });
  if (opened instanceof Error) throw new Error((await said()) ?? opened.message);
  return opened;
}

const shellOf = (channel: ClientChannel, ended: Promise<string>): Shell => ({
  output: (take) => {
    channel.on('data', take);
    channel.stderr.on('data', take);
  },
  pause: () => {
    channel.pause();
    channel.stderr.pause();
  },
  resume: () => {
    channel.resume();
    channel.stderr.resume();
  },
  input: (data, gone) => {
    if (channel.writable) channel.write(data, gone);
  },
  resize: ({ cols, rows }) => {
    if (channel.writable) channel.setWindow(rows, cols, 0, 0);
  },
  ended,
});

async function follow(client: Client, channel: ClientChannel, said: Said): Promise<string> {
  let takesLeave = false;
  let exit: string | undefined;
  // a hint and no more: a target may speak on this stream too, so that what it says is never told as the reason
  channel.stderr.on('data', (chunk: Buffer) => {
    takesLeave = chunk.includes('Reeve: ');
  });
  channel.on('exit', (code: number | null, signal?: string) => {
    exit = code === null ? `it was ended by signal ${plain(signal ?? '?')}` : `it exited with ${code}`;
  });
  channel.on('error', () => {});
  await new Promise<void>((closed) => {
    channel.once('close', () => closed());
    // what was not read keeps a channel from closing
    client.once('close', () => closed());
  });
  // a shell that exits by itself leaves the connection to the client: nobody takes leave
  if (exit !== undefined && !takesLeave) return exit;
  return (await said()) ?? exit ?? 'the connection was lost';
}
