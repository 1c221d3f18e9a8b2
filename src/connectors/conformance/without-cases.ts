import assert from 'node:assert/strict';
import type { Case } from './rig.ts';
import { applied, calls, everything, makePassword, refusal, refused } from './steps.ts';

/** What a kind proves that has nothing to pin, nobody to log in, or no connection: that it does not pretend to. */
export const withoutCases: readonly Case[] = [
  {
    title: 'a kind without pins shows none, works unpinned, and tells what it found',
    without: 'pins',
    prove: async ({ connector, target }) => {
      assert.deepEqual(target.pinned, []);
      const seen = await connector.probe(target);
      assert.deepEqual([seen.pins, seen.proved], [[], true]);
      assert.match(seen.version, /\d/u);
    },
  },
  {
    title: 'a kind nobody logs in to takes no credential, proves none and sets none',
    without: 'logins',
    prove: async (bench) => {
      const { connector, target } = bench;
      assert.deepEqual(connector.credentials, ['none']);
      assert.equal(target.credential.kind, 'none');
      const password = makePassword();
      const account = await bench.newAccount();
      await refused(
        connector.verify(target, { kind: 'password', username: account, password }),
        ['unsupported'],
        'verify',
      );
      const change = { do: 'set_password', account, password } as const;
      const error = await refused(connector.apply(target, change), ['unsupported'], 'set_password');
      assert.ok(!error.message.includes(password));
      await refused(connector.preview(target, change), ['unsupported'], 'set_password');
    },
  },
  {
    title:
      'a kind that cannot try the log-in of an account sets no password, and proves only what it works with itself',
    without: 'account_logins',
    prove: async (bench) => {
      const { connector, target } = bench;
      const account = await bench.newAccount();
      const password = makePassword();
      assert.equal(await connector.verify(target, target.credential), true);
      await refused(
        connector.verify(target, { kind: 'password', username: account, password }),
        ['unsupported'],
        'verify',
      );
      const change = { do: 'set_password', account, password } as const;
      for (const attempt of [connector.preview(target, change), connector.apply(target, change)]) {
        const error = await refused(attempt, ['unsupported'], 'set_password');
        assert.ok(!everything(error).includes(password));
      }
      const { credential } = target;
      const own = credential.kind === 'token' ? credential.token : undefined;
      const watching = bench.rig.watch();
      for (const call of calls(connector, target)) {
        const error = await refusal(call.run());
        assert.ok(own === undefined || !everything(error).includes(own), `${call.name} threw the token`);
      }
      const seen = await watching.stop();
      assert.ok(own === undefined || !seen.includes(own), 'the token was seen on the target');
      if (own !== undefined) {
        const wrong = { kind: 'token', username: '', token: `${own.slice(1)}x` } as const;
        assert.equal(await connector.verify(target, wrong), false);
      }
      await applied(bench, { do: 'delete_account', account });
    },
  },
  {
    title: 'a target that is not there is unreachable, soon',
    without: 'network',
    prove: async ({ connector, rig }) => {
      assert.ok(rig.absent, 'the rig names no target that is not there');
      for (const call of calls(connector, rig.absent)) {
        if (call.name === 'verify') continue;
        const begun = performance.now();
        await refused(call.run(), ['unreachable'], call.name);
        assert.ok(performance.now() - begun < 5_000, `${call.name} took too long`);
      }
    },
  },
  {
    title: 'a reading of what was cut off anywhere throws instead of returning less',
    without: 'network',
    prove: async ({ connector, target, rig }) => {
      assert.ok(rig.cut, 'the rig cuts nothing');
      const whole = await connector.read(target);
      for (const part of [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 0.99]) {
        const cut = await rig.cut(part);
        const error = await refusal(connector.read(cut.target));
        await cut.stop();
        assert.equal(error?.retry, true, `cut at ${part}: ${error?.message ?? 'read as if it were whole'}`);
      }
      const again = await connector.read(target);
      assert.deepEqual({ ...again, mark: '' }, { ...whole, mark: '' });
    },
  },
];
