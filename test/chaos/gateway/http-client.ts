import { Agent, request as startRequest, type RequestOptions } from 'node:https';
import { WebSocket, type ClientOptions } from 'ws';
import type { Application } from '#test/http-rig/application.ts';
import { CREDENTIAL, USER } from '#test/http-rig/rig.ts';
import type { Beside } from './beside.ts';
import { ending, momentOf, seeing, TICK_MS, type Protocol } from './talking.ts';

const SITE = 'wiki';

/**
 * One session at a web application: an answer that streams, a WebSocket that is open, and requests that tell the time, one
 * after the other on a connection of their own.
 */
export const http = (beside: Beside, application: Application): Protocol => ({
  name: 'http',
  target: {
    system: SITE,
    kind: 'rest',
    host: '127.0.0.1',
    port: application.port,
    pin: application.pin,
    username: USER,
    secret: { kind: 'password', value: Buffer.from(CREDENTIAL) },
    site: SITE,
  },
  talk: async (visitor, gateway) => {
    const { password } = await beside.perform<{ password: string }>('webSignIns.issue', { system: SITE }, visitor.id);
    const port = gateway.port('web');
    const host = `${SITE}.web.localhost:${port}`;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const how: RequestOptions = {
      host: '127.0.0.1',
      port,
      servername: host.split(':')[0],
      rejectUnauthorized: false,
      headers: { host, 'reeve-password': password },
    };
    const { ended, isOver, over } = ending();
    const { sees, after } = seeing();
    let told = '';
    /** Status of the answer; 0: there was none. */
    const ask = (path: string): Promise<number> =>
      new Promise((resolve) => {
        const asked = startRequest({ ...how, agent, path }, (answer) => {
          answer.on('data', (chunk: Buffer) => {
            if (answer.statusCode !== 200) told = (told + chunk.toString('utf8')).slice(-4096);
          });
          answer.on('end', () => resolve(answer.statusCode ?? 0));
          answer.on('error', () => resolve(0));
        });
        asked.on('error', () => resolve(0));
        asked.end();
      });
    const tick = async (): Promise<void> => {
      const said = `tick+${Date.now()}.`;
      if ((await ask(`/text?${said}`)) === 200) sees(said);
    };
    const status = await ask('/text');
    if (status !== 200) throw new Error(`the session did not begin: ${String(status)} ${told}`);
    const stream = await new Promise<NodeJS.EventEmitter>((resolve, reject) => {
      const asked = startRequest({ ...how, agent: false, path: '/events' }, (answer) => {
        answer.on('error', () => {});
        answer.once('data', () => resolve(answer.resume()));
        answer.once('close', over);
      });
      asked.on('error', reject);
      asked.end();
    });
    const options: ClientOptions & { readonly servername: string } = {
      servername: `${SITE}.web.localhost`,
      rejectUnauthorized: false,
      headers: { host, 'reeve-password': password },
    };
    const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, options);
    const webSocket = ending();
    socket.once('close', webSocket.over);
    await new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('message', resolve);
      socket.once('open', () => socket.send('hello'));
    });
    socket.on('error', () => {});
    await tick();
    let asking = false;
    const timer = setInterval(() => {
      if (asking) return;
      asking = true;
      void tick().finally(() => {
        asking = false;
      });
    }, TICK_MS);
    const close = (): void => {
      clearInterval(timer);
      agent.destroy();
      socket.terminate();
      stream.emit('close');
    };
    void ended.then(() => clearInterval(timer));
    return {
      protocol: 'http',
      visitor,
      gateway,
      ended,
      isOver,
      also: [
        { name: 'http, a WebSocket', ended: () => webSocket.ended },
        { name: 'http, the next request', ended: () => momentOf(async () => (await ask('/text')) === 401) },
      ],
      told: () => told,
      sawAfter: after,
      close,
    };
  },
});
