import assert from 'node:assert/strict';
import type { Case } from './rig.ts';
import {
  applied,
  carriedOut,
  everything,
  makePassword,
  mustBeCarriedOut,
  opensWith,
  refusal,
  refused,
  setsPasswords,
} from './steps.ts';

/** Names that end a quoting, a line, a list or an option somewhere. */
const hostileNames: readonly string[] = [
  'x"; DROP TABLE pwned; --',
  "x'; DROP TABLE pwned; --",
  'x; touch /tmp/pwned',
  '$(touch /tmp/pwned)',
  '`touch /tmp/pwned`',
  'x|touch /tmp/pwned',
  'x\ntouch /tmp/pwned',
  'x\0y',
  '-rf',
  '--help',
  '../../tmp/pwned',
  'x ALL=(ALL) NOPASSWD: ALL #',
  'x,root',
  'x:0:0::/root:/bin/sh',
  '%sudo',
  '#0',
  'ALL',
  '+@netgroup',
  '',
  ' ',
  'x'.repeat(300),
  'аdmin',
];

/** Attacks 27, K22 and K49: nothing that is a name becomes anything else. Bar 5: no secret leaves the call. */
export const hostileCases: readonly Case[] = [
  {
    title: 'hostile account names are refused, or stay names',
    prove: async (bench) => {
      const { connector, target, rig, lacks } = bench;
      const before = await rig.unharmed();
      for (const account of hostileNames) {
        const error = await carriedOut(bench, {
          do: 'create_account',
          account,
          fullName: account.replaceAll('\0', ''),
        });
        if (error) {
          assert.ok(
            ['refused', 'unsupported'].includes(error.code),
            `${JSON.stringify(account)}: ${error.code} ${error.message}`,
          );
          continue;
        }
        assert.equal((await connector.readAccount(target, account))?.account.name, account);
        if (setsPasswords(lacks)) await applied(bench, { do: 'set_password', account, password: makePassword() });
        await applied(bench, { do: 'grant', account, entitlement: rig.grantable[0] ?? '' });
        await applied(bench, { do: 'lock_account', account });
        await applied(bench, { do: 'delete_account', account });
      }
      assert.deepEqual([...(await rig.unharmed())].sort(), [...before].sort());
    },
  },
  {
    title: 'hostile entitlements change nothing',
    prove: async (bench) => {
      const { connector, target, rig } = bench;
      const account = await bench.newAccount();
      const before = (await connector.readAccount(target, account))?.holdings;
      const kinds = [...new Set(rig.grantable.map((id) => `${id.split(':')[0] ?? ''}:`))];
      const hostile = hostileNames.flatMap((name) => [name, ...kinds.map((kind) => kind + name)]);
      for (const entitlement of hostile.filter((id) => !rig.grantable.includes(id))) {
        await refused(
          connector.apply(target, { do: 'grant', account, entitlement }),
          ['refused', 'unsupported'],
          entitlement,
        );
        // Taking what nobody can hold may be refused or be no change at all.
        const error = await refusal(connector.apply(target, { do: 'revoke', account, entitlement }));
        assert.ok(
          !error || error.code === 'refused' || error.code === 'unsupported',
          `${entitlement}: ${error?.message}`,
        );
      }
      assert.deepEqual((await connector.readAccount(target, account))?.holdings, before);
      await applied(bench, { do: 'delete_account', account });
      await rig.unharmed();
    },
  },
  {
    title: 'a hostile full name stays a full name',
    prove: async (bench) => {
      const { connector, target, rig } = bench;
      const before = await rig.unharmed();
      for (const fullName of [hostileNames[0], hostileNames[1], hostileNames[3], hostileNames[6], hostileNames[13]]) {
        await mustBeCarriedOut(bench, { do: 'create_account', account: 'conform-name', fullName: fullName ?? '' });
        assert.deepEqual((await connector.readAccount(target, 'conform-name'))?.account.privilegedBecause, []);
        await mustBeCarriedOut(bench, { do: 'delete_account', account: 'conform-name' });
      }
      assert.deepEqual([...(await rig.unharmed())].sort(), [...before].sort());
    },
  },
  {
    title: 'secrets show neither on the target nor in what is thrown',
    needs: ['logins', 'account_logins'],
    prove: async (bench) => {
      const { connector, target, rig } = bench;
      const account = await bench.newAccount();
      const secrets = [makePassword(), makePassword()];
      const thrown: unknown[] = [];
      const watching = rig.watch();
      for (const password of secrets) {
        await applied(bench, { do: 'set_password', account, password });
        await opensWith(bench, account, password);
        thrown.push(
          await refusal(connector.apply(target, { do: 'set_password', account: 'conform-gone', password })),
          await refusal(connector.apply(target, { do: 'set_password', account, password: `${password}\n` })),
        );
        const { summary } = await connector.preview(target, { do: 'set_password', account, password: `${password}x` });
        assert.ok(!summary.includes(password));
      }
      await applied(bench, { do: 'delete_account', account });
      const seen = await watching.stop();
      assert.ok(seen.length > 1_000, 'the watch saw nothing');
      const management = target.credential.kind === 'password' ? [target.credential.password] : [];
      for (const secret of [...secrets, ...management]) {
        assert.ok(!seen.includes(secret), 'a secret was seen on the target');
        for (const error of thrown) assert.ok(!everything(error).includes(secret), 'a secret was thrown');
      }
    },
  },
];
