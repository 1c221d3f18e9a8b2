/** PostgreSQL servers. See README.md for the native ids, the settings and what the management role needs. */
import type { Connector } from '../port.ts';
import { sessionOn } from './account-session.ts';
import { buildReading, readOnes } from './build-reading.ts';
import { carryOut, lookFor, plan } from './carry-out.ts';
import { tryLogin } from './client.ts';
import { readCluster } from './cluster-state.ts';
import { postgresDependants } from './dependants/index.ts';
import { dial } from './dial.ts';
import { inspectCluster } from './inspect/index.ts';
import { isolation } from './isolation/index.ts';
import { checkNames } from './plan-change.ts';
import { rows } from './read-rows.ts';
import { postgresSettings } from './settings.ts';
import { temporary } from './temporary-accounts.ts';
import { loginOf, withDatabase } from './with-database.ts';

export const postgresConnector: Connector = {
  kind: 'postgres',
  settings: postgresSettings,
  credentials: ['password'],

  async probe(target) {
    const login = loginOf(target);
    if (target.pinned.length === 0) {
      const line = await dial(login.address);
      line.stream.destroy();
      return { pins: [line.pin], version: 'PostgreSQL protocol 3.0', proved: false };
    }
    return withDatabase(target, async (database) => {
      const [row] = await database.query(`select current_setting('server_version') as version`);
      return { pins: target.pinned, version: `PostgreSQL ${String(row?.['version'])}`, proved: true };
    });
  },

  read: (target) =>
    withDatabase(target, async (database, settings) => buildReading(await readCluster(database, settings))),

  readAccount: (target, account) =>
    withDatabase(target, async (database, settings) =>
      readOnes(await readCluster(database, settings, [account]))(account),
    ),

  together: (target, work) => withDatabase(target, (database, settings) => work(sessionOn(target, database, settings))),

  async preview(target, change) {
    checkNames(change);
    return withDatabase(target, async (database, settings) => {
      const { summary, needed } = await plan(target, change, database, await lookFor([change], database, settings));
      return { summary, needed };
    });
  },

  async apply(target, change) {
    checkNames(change);
    return withDatabase(target, async (database, settings) => {
      const made = await plan(target, change, database, await lookFor([change], database, settings));
      if (made.needed) await carryOut(target, database, made);
      return { changed: made.needed };
    });
  },

  verify: (target, credential) => tryLogin({ ...loginOf(target), credential }),

  rows,

  inspect: inspectCluster,
  dependants: postgresDependants,
  temporary,
  isolation,
};
