/** Services that speak SCIM 2.0 (RFC 7643, RFC 7644). See README.md for the native ids, the settings and what Reeve's token needs. */
import { probeHttps } from '#kit/https/index.ts';
import { TargetError, type Connector } from '../port.ts';
import { planChange } from './change/plan-change.ts';
import { checkAccount, checkNames } from './names.ts';
import { asTargetError, withProvider } from './provider.ts';
import { buildReading, readOne, readState } from './read/read-provider.ts';
import { scimSettings, settingsOf } from './settings.ts';

export const scimConnector: Connector = {
  kind: 'scim',
  settings: scimSettings,
  credentials: ['token'],

  async probe(target) {
    if (target.pinned.length === 0) {
      const { connectSeconds } = settingsOf(target);
      try {
        const pins = await probeHttps({ host: target.host, port: target.port, connectMs: connectSeconds * 1000 });
        return { pins, version: 'HTTP/1.1', proved: false };
      } catch (error) {
        throw asTargetError(error);
      }
    }
    return withProvider(target, async (provider) => {
      if (!(await provider.takesToken())) throw new TargetError('refused', `${provider.at} does not take the token`);
      return { pins: target.pinned, version: 'SCIM 2.0', proved: true };
    });
  },

  read: (target) => withProvider(target, async (provider) => buildReading(await readState(provider), provider)),

  readAccount: (target, account) =>
    withProvider(target, async (provider) => {
      checkAccount(account);
      return readOne(provider, account);
    }),

  async preview(target, change) {
    checkNames(change);
    return withProvider(target, async (provider) => {
      const { summary, needed } = await planChange(provider, change);
      return { summary, needed };
    });
  },

  async apply(target, change) {
    checkNames(change);
    return withProvider(target, async (provider) => {
      const plan = await planChange(provider, change);
      if (plan.needed) await plan.carryOut();
      return { changed: plan.needed };
    });
  },

  async verify(target, credential) {
    if (credential.kind !== 'token')
      throw new TargetError('unsupported', 'a SCIM service takes tokens only; nobody logs in to it');
    return withProvider({ ...target, credential }, (provider) => provider.takesToken());
  },
};
