import assert from 'node:assert/strict';
import type { Reading } from '../port.ts';
import { relay } from './relay.ts';
import type { Case } from './rig.ts';
import { refusal } from './steps.ts';

/** What two readings of an unchanged target share: a mark is a moment, and may be another each time. */
const unmarked = ({ accounts, entitlements, holdings, nesting }: Reading): Omit<Reading, 'mark'> => ({
  accounts,
  entitlements,
  holdings,
  nesting,
});

/** What a reading says, and that it is whole or not there. */
export const readingCases: readonly Case[] = [
  {
    title: 'two readings are equal, and name only what they list',
    prove: async ({ connector, target }) => {
      const reading = await connector.read(target);
      assert.deepEqual(unmarked(await connector.read(target)), unmarked(reading));
      const accounts = new Set(reading.accounts.map((account) => account.nativeId));
      const entitlements = new Set(reading.entitlements.map((entitlement) => entitlement.nativeId));
      assert.equal(accounts.size, reading.accounts.length, 'an account is listed twice');
      assert.equal(entitlements.size, reading.entitlements.length, 'an entitlement is listed twice');
      for (const { account, entitlement } of reading.holdings)
        assert.ok(accounts.has(account) && entitlements.has(entitlement), `${account} → ${entitlement}`);
      for (const { parent, child } of reading.nesting)
        assert.ok(entitlements.has(parent) && entitlements.has(child), `${parent} → ${child}`);
      const rows = [...reading.holdings, ...reading.nesting].map((row) => JSON.stringify(row));
      assert.equal(new Set(rows).size, rows.length, 'a row is listed twice');
    },
  },
  {
    title: 'one account read afresh equals its part of the whole reading',
    prove: async ({ connector, target, rig }) => {
      const reading = await connector.read(target);
      for (const id of [rig.privileged[0] ?? '', rig.ordinary[0] ?? '']) {
        const one = await connector.readAccount(target, id);
        const held = reading.holdings.filter((row) => row.account === id).map((row) => row.entitlement);
        assert.deepEqual(
          one?.account,
          reading.accounts.find((account) => account.nativeId === id),
        );
        assert.deepEqual([...(one?.holdings ?? [])].sort(), held.sort());
      }
      assert.equal(await connector.readAccount(target, 'nobody-of-that-name'), undefined);
    },
  },
  {
    title: 'privileged accounts are found with reasons and evidence, ordinary ones are not',
    prove: async ({ connector, target, rig }) => {
      const { accounts } = await connector.read(target);
      const because = (id: string) => accounts.find((account) => account.nativeId === id)?.privilegedBecause;
      for (const id of rig.privileged) {
        assert.ok((because(id)?.length ?? 0) > 0, `${id} is privileged, but no reason was found`);
        for (const { reason, evidence } of because(id) ?? []) assert.ok(reason.length > 5 && evidence.length > 3, id);
      }
      for (const id of rig.ordinary) assert.deepEqual(because(id), [], id);
    },
  },
  {
    title: 'last use is an instant, or absent when it is unknown',
    prove: async ({ connector, target }) => {
      const { accounts } = await connector.read(target);
      for (const account of accounts) {
        if ('lastUsedAt' in account)
          assert.match(String(account.lastUsedAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
      }
    },
  },
  {
    title: 'a reading cut short anywhere throws instead of returning less',
    needs: ['network'],
    prove: async ({ connector, target }) => {
      const whole = await connector.read(target);
      const measure = await relay(target, {});
      const relayed = await connector.read({ ...target, host: measure.host, port: measure.port });
      assert.deepEqual(unmarked(relayed), unmarked(whole));
      await measure.stop();
      const total = measure.bytes();
      let threw = 0;
      for (const part of [0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99]) {
        const cut = await relay(target, { cutAfter: Math.floor(total * part) });
        const attempt = connector.read({ ...target, host: cut.host, port: cut.port });
        const error = await refusal(attempt);
        await cut.stop();
        // The last bytes are goodbyes: a reading that is whole by then may be returned, a smaller one never.
        if (error) assert.ok(error.retry, `cut at ${part}: ${error.message}`);
        else assert.deepEqual(unmarked(await attempt), unmarked(whole), `cut at ${part}`);
        threw += error ? 1 : 0;
      }
      assert.ok(threw >= 4, `only ${threw} of 9 cuts were noticed`);
    },
  },
];
