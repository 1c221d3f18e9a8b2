import assert from 'node:assert/strict';
import type { Change } from '../port.ts';
import type { Case } from './rig.ts';
import {
  applied,
  makePassword,
  mustBeCarriedOut,
  opensByKey,
  opensWith,
  refusal,
  refused,
  setsPasswords,
} from './steps.ts';

/** Passwords that end a quoting or a field somewhere, but are fine as passwords. */
const awkwardPasswords: readonly string[] = [
  `it's "q" $(touch /tmp/pwned) \`id\` \\n ; | & <>`,
  `-n:%s:\${HOME} *?[]~#!{}--'`,
];

/** The life of an account: every change needed once, done once, and seen. */
export const changeCases: readonly Case[] = [
  {
    title: 'an account is created once, seen, and deleted once',
    prove: async (bench) => {
      const account = await bench.newAccount();
      const seen = await bench.connector.readAccount(bench.target, account);
      assert.equal(seen?.account.nativeId, account);
      assert.equal(seen.account.state, 'active');
      assert.deepEqual(seen.account.privilegedBecause, []);
      await applied(bench, { do: 'delete_account', account });
      assert.equal(await bench.connector.readAccount(bench.target, account), undefined);
      assert.ok(!(await bench.rig.unharmed()).includes(account));
    },
  },
  {
    title: 'calls made together are what they are alone, with one log-in, and one that is refused leaves the others be',
    prove: async ({ connector, target, rig }) => {
      if (connector.together === undefined) return;
      const account = 'conform-together';
      const entitlement = rig.grantable[0] ?? '';
      const first = await rig.loginAttempts();
      await connector.readAccount(target, account);
      const before = await rig.loginAttempts();
      const seen = await connector.together(target, async (session) => {
        assert.equal(await session.readAccount(account), undefined);
        assert.deepEqual(await session.readAccounts([account]), [{ found: undefined }]);
        const made = { do: 'create_account', account, fullName: 'To Gether' } as const;
        assert.deepEqual(await session.apply(made), { changed: true });
        assert.deepEqual(await session.apply(made), { changed: false });
        const nobody = await refusal(session.apply({ do: 'grant', account: 'conform-gone', entitlement }));
        assert.equal(nobody?.code, 'refused');
        const given = { do: 'grant', account, entitlement } as const;
        const came = await session.applyEach([{ ...given, account: 'conform-gone' }, given, given]);
        assert.deepEqual(came.map((one) => ('error' in one ? 'refused' : one.changed)).slice(0, 2), ['refused', true]);
        assert.deepEqual(await session.applyEach([given]), [{ changed: false }]);
        assert.deepEqual(await session.apply({ do: 'lock_account', account }), { changed: true });
        const one = await session.readAccount(account);
        assert.deepEqual(await session.readAccounts(['conform-gone', account]), [{ found: undefined }, { found: one }]);
        return one;
      });
      assert.equal((await rig.loginAttempts()) - before, before - first);
      assert.equal(seen?.account.state, 'locked');
      assert.ok(seen.holdings.includes(entitlement));
      assert.deepEqual(await connector.readAccount(target, account), seen);
      await connector.apply(target, { do: 'delete_account', account });
    },
  },
  {
    title: 'a password set is proved by logging in: the new one opens, the old one does not',
    needs: ['logins', 'account_logins'],
    prove: async (bench) => {
      const account = await bench.newAccount();
      const [old, fresh] = [makePassword(), makePassword()];
      await applied(bench, { do: 'set_password', account, password: old });
      assert.equal(await opensWith(bench, account, old), true);
      await applied(bench, { do: 'set_password', account, password: fresh });
      assert.equal(await opensWith(bench, account, fresh), true);
      assert.equal(await opensWith(bench, account, old), false);
      for (const awkward of awkwardPasswords) {
        await applied(bench, { do: 'set_password', account, password: awkward });
        assert.equal(await opensWith(bench, account, awkward), true, awkward);
      }
      await bench.rig.unharmed();
      await applied(bench, { do: 'delete_account', account });
      assert.equal(await opensWith(bench, account, fresh), false);
    },
  },
  {
    title: 'a lock and its undoing are seen when the account is read again',
    prove: async (bench) => {
      const { connector, target } = bench;
      const account = await bench.newAccount();
      await applied(bench, { do: 'lock_account', account });
      assert.equal((await connector.readAccount(target, account))?.account.state, 'locked');
      await applied(bench, { do: 'unlock_account', account });
      assert.equal((await connector.readAccount(target, account))?.account.state, 'active');
      await applied(bench, { do: 'delete_account', account });
    },
  },
  {
    title: 'a locked account is refused every way in until it is unlocked, and a new password does not unlock it',
    needs: ['logins', 'account_logins'],
    prove: async (bench) => {
      const { connector, target, rig, lacks } = bench;
      const account = await bench.newAccount();
      const [first, second] = [makePassword(), makePassword()];
      const unlocked = lacks.locked_passwords === undefined ? second : first;
      const key = rig.keys?.[0];
      await applied(bench, { do: 'set_password', account, password: first });
      if (key) await applied(bench, { do: 'set_keys', account, add: [key.publicKey], remove: [] });
      await applied(bench, { do: 'lock_account', account });
      assert.equal((await connector.readAccount(target, account))?.account.state, 'locked');
      assert.equal(await opensWith(bench, account, first), false);
      if (key) assert.equal(await opensByKey(bench, account, key.privateKey), false);
      const change = { do: 'set_password', account, password: second } as const;
      if (lacks.locked_passwords === undefined) await applied(bench, change);
      else await refused(connector.apply(target, change), ['refused'], 'set_password while locked');
      assert.equal(await opensWith(bench, account, second), false);
      await applied(bench, { do: 'unlock_account', account });
      assert.equal((await connector.readAccount(target, account))?.account.state, 'active');
      assert.equal(await opensWith(bench, account, unlocked), true);
      if (key) assert.equal(await opensByKey(bench, account, key.privateKey), true);
      await applied(bench, { do: 'delete_account', account });
    },
  },
  {
    title: 'a grant and its revocation are seen when the account is read again',
    prove: async (bench) => {
      const { connector, target, rig } = bench;
      const account = await bench.newAccount();
      const held = async (): Promise<readonly string[]> =>
        (await connector.readAccount(target, account))?.holdings ?? [];
      for (const entitlement of rig.grantable) {
        await applied(bench, { do: 'grant', account, entitlement });
        assert.ok((await held()).includes(entitlement), `${entitlement} was granted`);
      }
      for (const entitlement of rig.grantable) {
        await applied(bench, { do: 'revoke', account, entitlement });
        assert.ok(!(await held()).includes(entitlement), `${entitlement} was revoked`);
      }
      await applied(bench, { do: 'delete_account', account });
    },
  },
  {
    title: 'keys are added and removed; a kind without keys says so',
    prove: async (bench) => {
      const account = await bench.newAccount();
      const [one, two] = bench.rig.keys ?? [];
      if (one && two) {
        await applied(bench, { do: 'set_keys', account, add: [one.publicKey], remove: [] });
        assert.equal(await opensByKey(bench, account, one.privateKey), true);
        assert.equal(await opensByKey(bench, account, two.privateKey), false);
        await applied(bench, { do: 'set_keys', account, add: [two.publicKey], remove: [one.publicKey] });
        assert.equal(await opensByKey(bench, account, one.privateKey), false);
        assert.equal(await opensByKey(bench, account, two.privateKey), true);
      } else {
        const change: Change = { do: 'set_keys', account, add: ['ssh-ed25519 AAAA x'], remove: [] };
        await refused(bench.connector.apply(bench.target, change), ['unsupported'], 'set_keys');
      }
      await applied(bench, { do: 'delete_account', account });
    },
  },
  {
    title: 'taking from an account that is gone is done already; giving to it is refused',
    prove: async ({ connector, target, rig, lacks }) => {
      const account = 'conform-gone';
      const entitlement = rig.grantable[0] ?? '';
      const taking: readonly Change[] = [
        { do: 'lock_account', account },
        { do: 'delete_account', account },
        { do: 'revoke', account, entitlement },
      ];
      const giving: readonly Change[] = [
        { do: 'unlock_account', account },
        { do: 'grant', account, entitlement },
        ...(setsPasswords(lacks) ? [{ do: 'set_password', account, password: makePassword() } as const] : []),
      ];
      for (const change of taking) {
        assert.equal((await connector.preview(target, change)).needed, false, change.do);
        assert.deepEqual(await connector.apply(target, change), { changed: false }, change.do);
      }
      for (const change of giving) await refused(connector.apply(target, change), ['refused'], change.do);
    },
  },
  {
    title: 'Reeve cannot lock or delete the account it manages the target with',
    needs: ['logins', 'account_logins'],
    prove: async ({ connector, target }) => {
      const account = target.credential.username;
      for (const action of ['lock_account', 'delete_account'] as const) {
        await refused(connector.preview(target, { do: action, account }), ['refused'], action);
        await refused(connector.apply(target, { do: action, account }), ['refused'], action);
      }
    },
  },
  {
    title: 'a change applied twice at once ends in that state',
    prove: async (bench) => {
      const { connector, target, rig } = bench;
      const account = await bench.newAccount();
      const change: Change = { do: 'grant', account, entitlement: rig.grantable[0] ?? '' };
      const errors = await Promise.all([1, 2].map(() => refusal(connector.apply(target, change))));
      for (const error of errors) assert.ok(error?.retry !== false, error?.message);
      await mustBeCarriedOut(bench, change);
      assert.ok((await connector.readAccount(target, account))?.holdings.includes(change.entitlement));
      await applied(bench, { ...change, do: 'revoke' });
      await applied(bench, { do: 'delete_account', account });
    },
  },
];
