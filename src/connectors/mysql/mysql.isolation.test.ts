import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import type { IsolationPlan } from '../port.ts';
import { mysqlConnector } from './index.ts';
import { ask, noServer, server, stopServer, targetOf } from './lab-server.fixture.ts';
import { openSession } from './wire/session.ts';

const lab = noServer === '' ? await server() : undefined;
if (lab === undefined) console.log(`SKIP isolation of MariaDB: ${noServer}`);
afterAll(stopServer);
const target = () => {
  if (lab === undefined) throw new Error('no server');
  return { lab, target: targetOf(lab) };
};
const session = (place: { readonly host: string; readonly port: number }) => {
  const { credential, pinned } = target().target;
  return openSession({
    address: { host: place.host, port: place.port, connectMs: 5_000 },
    user: credential.username,
    credential,
    pinned,
    statementMs: 5_000,
  });
};
const plan: IsolationPlan = {
  gateways: ['127.0.0.1'],
  exemptions: [],
  management: '',
  credentials: [],
  accounts: [],
  authorities: [],
};

describe.skipIf(lab === undefined)('a MariaDB server that only gateways reach', { timeout: 60_000 }, () => {
  it('is told which accounts may come from elsewhere, and passes once they may not', async () => {
    const at = target();
    const hosts = async () =>
      (await mysqlConnector.isolation?.prove(at.target, plan))?.find(({ name }) => name === 'account_hosts');
    expect(await hosts()).toMatchObject({
      outcome: 'failed',
      evidence: expect.stringContaining('may log on from elsewhere'),
    });
    const { accounts } = await mysqlConnector.read(at.target);
    const parts = mysqlConnector.isolation?.parts(
      { name: 'billing', host: at.lab.host, port: at.lab.port, pinned: [] },
      { ...plan, accounts: accounts.map(({ nativeId }) => nativeId) },
    );
    const text = parts?.find(({ name }) => name === 'accounts')?.text ?? '';
    const renames = text.split('\n').filter((line) => line.startsWith('rename user'));
    expect(renames.length).toBeGreaterThan(0);
    await ask(at.lab, 0, ...renames.map((line) => line.replace(/;$/u, '')));
    expect(await hosts()).toMatchObject({
      outcome: 'passed',
      evidence: expect.stringContaining('every account that may log on'),
    });
  });

  it('tells a session that was not open at the look before, once', async () => {
    const at = target();
    const lookout = await mysqlConnector.isolation?.lookOut(at.target);
    const begun = await lookout?.look();
    expect(begun?.logons).toEqual([]);
    const other = await session(at.lab);
    const seen = await lookout?.look(begun?.mark);
    expect(seen?.logons).toMatchObject([{ account: at.target.credential.username, from: '127.0.0.1' }]);
    expect((await lookout?.look(seen?.mark))?.logons).toEqual([]);
    other.close();
    await lookout?.close();
  });

  it('tells one that connected before another and logged on after it was told', async () => {
    const at = target();
    const lookout = await mysqlConnector.isolation?.lookOut(at.target);
    const begun = await lookout?.look();
    // what the client says waits until it is let through
    let letThrough = (): void => {};
    let connected = (): void => {};
    const greeted = new Promise<void>((done) => (connected = done));
    const gate = createServer((client) => {
      const server = connect(at.lab.port, at.lab.host);
      server.once('data', connected);
      server.pipe(client);
      for (const socket of [client, server]) socket.on('error', () => {});
      letThrough = () => void client.pipe(server);
    });
    await new Promise<void>((done) => gate.listen(0, '127.0.0.1', done));
    const late = session({ host: '127.0.0.1', port: (gate.address() as AddressInfo).port });
    await greeted;
    const other = await session(at.lab);
    const seen = await lookout?.look(begun?.mark);
    expect(seen?.logons).toHaveLength(1);
    letThrough();
    const logged = await late;
    expect((await lookout?.look(seen?.mark))?.logons).toHaveLength(1);
    for (const one of [other, logged]) one.close();
    gate.close();
    await lookout?.close();
  });
});
