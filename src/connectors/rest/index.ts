/** Services with a REST API of their own, described in YAML. See README.md for the native ids, the settings and what a description can say. */
import { probeHttps } from '#kit/https/index.ts';
import type { Connector } from '../port.ts';
import { TargetError } from '../port.ts';
import { apiKeys } from './change/api-keys.ts';
import { restDependants } from './change/dependants.ts';
import { checkChange, planChange } from './change/plan-change.ts';
import { isTaken, verify } from './change/try-password.ts';
import { checkAccount } from './names.ts';
import { lookAt, readWhole } from './read/look.ts';
import { asTargetError, withServer } from './server.ts';
import { restSettings, settingsOf } from './settings.ts';

export const restConnector: Connector = {
  kind: 'rest',
  settings: restSettings,
  credentials: ['password', 'token'],

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
    return withServer(target, async (server) => {
      if (!(await isTaken(server))) throw new TargetError('refused', `${server.at} does not take the credential`);
      return { pins: target.pinned, version: `${server.description.about} (description format 1)`, proved: true };
    });
  },

  read: (target) => withServer(target, readWhole),

  readAccount: (target, account) =>
    withServer(target, async (server) => {
      checkAccount(account);
      const look = await lookAt(server, account);
      return look && { account: look.read, holdings: look.holdings };
    }),

  preview: (target, change) =>
    withServer(target, async (server) => {
      checkChange(change, target.credential);
      const { summary, needed } = await planChange(server, change);
      return { summary, needed };
    }),

  apply: (target, change) =>
    withServer(target, async (server) => {
      checkChange(change, target.credential);
      const plan = await planChange(server, change);
      if (plan.needed) await plan.carryOut();
      return { changed: plan.needed };
    }),

  verify: (target, credential) => {
    const own = target.credential;
    const asOther = credential.kind === 'token' || credential.username === own.username;
    return withServer(asOther ? { ...target, credential } : target, (server) => verify(server, own, credential));
  },

  apiKeys,
  dependants: restDependants,
};
