import assert from 'node:assert/strict';
import { relay } from './relay.ts';
import type { Case } from './rig.ts';
import { calls, everything, refused } from './steps.ts';

/** Who is at the other end, and how long Reeve waits for it. */
export const trustCases: readonly Case[] = [
  {
    title: 'a target nobody has pinned shows its pins and is sent no credential',
    needs: ['pins'],
    prove: async ({ connector, target, rig }) => {
      const before = await rig.loginAttempts();
      const seen = await connector.probe({ ...target, pinned: [] });
      assert.equal(seen.proved, false);
      for (const pin of target.pinned)
        assert.ok(seen.pins.includes(pin), `${pin} is not among ${seen.pins.join(', ')}`);
      assert.equal(await rig.loginAttempts(), before);
    },
  },
  {
    title: 'a pinned target is proved and tells its version',
    needs: ['pins'],
    prove: async ({ connector, target }) => {
      const seen = await connector.probe(target);
      assert.equal(seen.proved, true);
      assert.deepEqual(seen.pins, target.pinned);
      assert.match(seen.version, /\d/u);
    },
  },
  {
    title: 'a wrong pin, or none, refuses every call before a credential is sent',
    needs: ['pins'],
    prove: async ({ connector, target, rig }) => {
      const before = await rig.loginAttempts();
      for (const pinned of [[rig.otherPin], []]) {
        for (const call of calls(connector, { ...target, pinned })) {
          if (pinned.length === 0 && call.name === 'probe') continue;
          await refused(call.run(), ['untrusted'], call.name);
        }
      }
      assert.equal(await rig.loginAttempts(), before);
    },
  },
  {
    title: 'a wrong management credential is refused without repeating it',
    needs: ['logins'],
    prove: async ({ connector, target }) => {
      const password = 'Not-The-Password-4711';
      const { kind, username } = target.credential;
      const credential =
        kind === 'token'
          ? ({ kind, username, token: password } as const)
          : ({ kind: 'password', username, password } as const);
      const error = await refused(connector.read({ ...target, credential }), ['refused'], 'a wrong password');
      assert.ok(!everything(error).includes(password));
    },
  },
  {
    title: 'settings have defaults and unknown keys are refused',
    prove: async ({ connector, target }) => {
      assert.ok(connector.settings.safeParse({}).success);
      assert.ok(!connector.settings.safeParse({ nonsense: true }).success);
      await refused(connector.read({ ...target, settings: { nonsense: true } }), ['unsupported'], 'an unknown setting');
    },
  },
  {
    title: 'a target that is not there, or never answers, is unreachable, soon',
    needs: ['network'],
    prove: async ({ connector, target, rig }) => {
      const hole = await relay(target, { silent: true });
      const gone = await relay(target, {});
      await gone.stop();
      try {
        for (const { host, port } of [hole, gone]) {
          for (const call of calls(connector, { ...target, settings: rig.impatient, host, port })) {
            const begun = performance.now();
            await refused(call.run(), ['unreachable'], call.name);
            assert.ok(performance.now() - begun < 5_000, `${call.name} took too long`);
          }
        }
      } finally {
        await hole.stop();
      }
    },
  },
];
