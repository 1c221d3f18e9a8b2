import type { Client, ClientChannel, TcpConnectionDetails } from 'ssh2';

/** An address of the target's on which somebody listens through their session. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
}

/** Somebody came to it: the channel is there when it is accepted. */
export interface Comer {
  readonly from: string;
  readonly port: number;
  accept(): ClientChannel;
  reject(): void;
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/** Whether any session could listen there: on a port that is named, of the target's own loopback. */
export const couldListen = (at: ListenAt): boolean => LOOPBACK.has(at.host) && at.port > 0;

/** Whether a session may listen there: its ticket names the port. */
export const mayListen = (at: ListenAt, ports: readonly number[] | undefined): boolean =>
  couldListen(at) && ports?.includes(at.port) === true;

/** Has the target listen, and tells of everybody who comes. `answered` hears whether it does. */
export function listenOnTarget(
  target: Client,
  at: ListenAt,
  answered: (listens: boolean) => void,
  came: (comer: Comer) => void,
): void {
  target.on('tcp connection', (about: TcpConnectionDetails, accept: () => ClientChannel, reject: () => void): void => {
    if (about.destPort !== at.port || about.destIP !== at.host) return;
    came({ from: about.srcIP, port: about.srcPort, accept, reject });
  });
  target.forwardIn(at.host, at.port, (error) => answered(error === undefined || error === null));
}
