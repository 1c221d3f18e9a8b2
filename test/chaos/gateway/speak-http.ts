import { Agent, request } from 'node:https';
import type { Application } from '#test/http-rig/application.ts';
import { CREDENTIAL, USER } from '#test/http-rig/rig.ts';
import type { Beside } from './beside.ts';
import type { Part } from './start-part.ts';
import { ending, seeing, tenTimesASecond, type Protocol } from './talking.ts';

const SITE = 'wiki';

/** A program with a password for a web application: a stream of events that stays open, and request after request beside it. */
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
  },
  talk: async (visitor, gateway) => {
    const { password } = await beside.perform<{ password: string }>('webSignIns.issue', { system: SITE }, visitor.id);
    const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
    const { ended, isOver, over } = ending();
    const { sees, after } = seeing();
    let told = '';
    const ask = (path: string): Promise<void> =>
      asked(path, { agent, gateway, password }).catch((error: unknown) => {
        told += `${String(error)}\n`;
        over();
        throw error;
      });
    const tick = async (): Promise<void> => {
      const said = `tick/${Date.now()}.`;
      await ask(`/${said}`);
      sees(said);
    };
    await tick();
    // it never ends by itself
    void ask('/events').then(over, () => undefined);
    const ticking = tenTimesASecond(ended, tick);
    const close = (): void => {
      ticking.stop();
      agent.destroy();
      over();
    };
    void ended.then(close);
    return { protocol: 'http', visitor, gateway, ended, isOver, told: () => told, sawAfter: after, close };
  },
});

/** Resolves when the answer is there, whole; rejects where it says no, or the connection ends before. */
function asked(
  path: string,
  by: { readonly agent: Agent; readonly gateway: Part; readonly password: string },
): Promise<void> {
  const host = `${SITE}.web.localhost`;
  const port = by.gateway.port('web');
  return new Promise((resolve, reject) => {
    const going = request(
      {
        agent: by.agent,
        host: '127.0.0.1',
        port,
        servername: host,
        path,
        headers: { host: `${host}:${String(port)}`, authorization: `Bearer ${by.password}` },
      },
      (response) => {
        let said = '';
        response.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-500)));
        response.on('error', reject);
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`${String(response.statusCode)}: ${said}`)),
        );
      },
    );
    going.on('error', reject);
    going.end();
  });
}
