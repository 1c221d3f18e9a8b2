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
    const other = await openSession({
      address: { host: at.lab.host, port: at.lab.port, connectMs: 5_000 },
      user: at.target.credential.username,
      credential: at.target.credential,
      pinned: at.target.pinned,
      statementMs: 5_000,
    });
    const seen = await lookout?.look(begun?.mark);
    expect(seen?.logons).toMatchObject([{ account: at.target.credential.username, from: '127.0.0.1' }]);
    expect((await lookout?.look(seen?.mark))?.logons).toEqual([]);
    other.close();
    await lookout?.close();
  });
});
