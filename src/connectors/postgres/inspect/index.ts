/** A closer look at a PostgreSQL cluster: every database it may connect to, question by question. */
import { createHash } from 'node:crypto';
import {
  fromReading,
  inOrder,
  TargetError,
  type Inspection,
  type InspectionLimits,
  type Logon,
  type Observation,
  type Target,
} from '../../port.ts';
import { guessesFor } from '#kit/common-passwords/index.ts';
import { buildReading } from '../build-reading.ts';
import type { Database, Row } from '../client.ts';
import { readCluster } from '../cluster-state.ts';
import { fitsVerifier } from '../scram.ts';
import { withDatabase } from '../with-database.ts';
import { lentInCluster, lentInDatabase } from './lent.ts';
import { catalogue, languagesAndTriggers } from './reach.ts';
import * as ask from './questions.ts';

const MOST_DATABASES = 50;

/** What came of one question, or why it could not be asked. */
export type Asked = (kind: string, question: string) => Promise<readonly Row[]>;

export async function inspectCluster(target: Target, limits: InspectionLimits): Promise<Inspection> {
  const until = performance.now() + limits.seconds * 1000;
  const leftOut: { kind: string; because: string }[] = [];
  const askOn =
    (database: Database): Asked =>
    async (kind, question) => {
      try {
        return await database.query(question);
      } catch (error) {
        if (!(error instanceof TargetError) || error.code === 'unreachable') throw error;
        leftOut.push({ kind, because: error.message });
        return [];
      }
    };
  const found: Observation[] = [];
  const whole = await withDatabase(target, async (database, settings) => {
    const state = await readCluster(database, settings);
    const asked = askOn(database);
    found.push(...fromReading(buildReading(state).accounts, 'held'));
    found.push(...(await clusterWide(asked, state.version)));
    found.push(...(await lentInCluster(asked, limits.fingerprint)));
    found.push(...(await guessed(await asked('weak_password', ask.verifiers), until, leftOut)));
    const masters = [...state.roles.values()]
      .filter((role) => role.attributes.has('superuser') && role.isAccount)
      .map((role) => role.name);
    const names = (await asked('databases', ask.databases)).map((row) => String(row['name']));
    return { masters, names, logons: logonsOf(await asked('logons', ask.openSessions)) };
  });
  for (const name of whole.names.slice(0, MOST_DATABASES)) {
    if (performance.now() > until) {
      leftOut.push({ kind: 'databases', because: `the time was over before ${name}` });
      break;
    }
    try {
      await withDatabase(
        target,
        async (database) =>
          void found.push(
            ...(await inDatabase(askOn(database), name)),
            ...(await lentInDatabase(askOn(database), name, limits.fingerprint)),
          ),
        name,
      );
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      leftOut.push({ kind: 'databases', because: `${name}: ${error.message}` });
    }
  }
  return { observations: inOrder(found), keys: [], logons: whole.logons, masters: whole.masters, leftOut };
}

const logonsOf = (rows: readonly Row[]): readonly Logon[] =>
  rows.map((row) => ({
    account: text(row['account']),
    at: text(row['at']),
    from: text(row['address']),
    how: `session of ${text(row['program']) || 'an unnamed program'}`,
  }));

async function clusterWide(asked: Asked, version: number): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  if (version >= 150_000)
    for (const row of await asked('parameter', ask.parameters))
      found.push(
        one(
          'parameter',
          text(row['grantee']),
          `${text(row['privilege'])} ${text(row['parameter'])}`,
          `pg_parameter_acl ${text(row['parameter'])}`,
          { parameter: text(row['parameter']), privilege: text(row['privilege']) },
        ),
      );
  for (const row of await asked('trust_login', ask.trusted)) {
    const [method, users] = [text(row['method']), text(row['users'])];
    const where = `${text(row['type'])} ${text(row['databases'])} ${users} ${text(row['address'])}`.trim();
    for (const user of users.split(','))
      found.push(
        one(
          'open_login',
          user === 'all' || user.startsWith('+') ? '' : user,
          where,
          `pg_hba.conf:${text(row['line'])}`,
          { method, where, everybody: user === 'all' },
        ),
      );
  }
  found.push(...(await catalogue(asked, version)));
  return found;
}

async function inDatabase(asked: Asked, database: string): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  for (const row of await asked('definer_routine', ask.definerFunctions)) {
    const name = text(row['function']);
    found.push(
      one('definer_routine', text(row['caller']), `${database}: ${name}`, `pg_proc of ${database}: ${name}`, {
        routine: name,
        actsAs: text(row['owner']),
        superuser: row['super'] === true,
        pathPinned: row['pinned'] === true,
      }),
    );
  }
  for (const row of await asked('server_function', ask.untrustedFunctions)) {
    const name = text(row['function']);
    found.push(
      one(
        'server_function',
        text(row['caller']),
        `${database}: ${name}`,
        `pg_proc of ${database}: ${name}, language ${text(row['language'])}`,
        { routine: name, language: text(row['language']) },
      ),
    );
  }
  for (const row of await asked('dangerous_function', ask.dangerousFunctions)) {
    const name = text(row['function']);
    found.push(
      one(
        'dangerous_function',
        text(row['caller']),
        `${database}: ${name}`,
        `pg_proc of ${database}: EXECUTE on ${name}`,
        { routine: name },
      ),
    );
  }
  for (const row of await asked('grant_option', ask.grantable)) {
    const what = `${text(row['what'])} ${text(row['name'])}`;
    found.push(
      one(
        'grant_option',
        text(row['grantee']),
        `${database}: ${what}`,
        `access list of ${what} in ${database}: ${text(row['privileges'])} with grant option`,
        { what, privileges: text(row['privileges']) },
      ),
    );
  }
  for (const row of await asked('open_to_all', ask.openToAll)) {
    const what = `${text(row['what'])} ${text(row['name'])}`;
    found.push(
      one(
        'open_to_all',
        '',
        `${database}: ${what}`,
        `access list of ${what} in ${database}: ${text(row['privileges'])} to PUBLIC`,
        { what, privileges: text(row['privileges']) },
      ),
    );
  }
  for (const row of await asked('owns', ask.ownership)) {
    const what = `${text(row['what'])} ${text(row['name'])}`;
    found.push(one('owns', text(row['owner']), `${database}: ${what}`, `owner of ${what} in ${database}`, { what }));
  }
  found.push(...(await languagesAndTriggers(asked, database)));
  for (const row of await asked('stored_password', ask.mappings))
    found.push(
      one(
        'stored_password',
        text(row['holder']) === 'public' ? '' : text(row['holder']),
        `${database}: ${text(row['server'])}`,
        `pg_user_mapping of ${database}, server ${text(row['server'])}`,
        { server: text(row['server']) },
      ),
    );
  return found;
}

/** Common passwords against what is stored: no log-in, no lock-out, no line in a log. What is stored is forgotten at once. */
async function guessed(
  rows: readonly Row[],
  until: number,
  leftOut: { kind: string; because: string }[],
): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  for (const row of rows) {
    if (performance.now() > until - 5_000) {
      leftOut.push({ kind: 'weak_password', because: 'the time was over before every role was looked at' });
      break;
    }
    const [name, verifier] = [text(row['name']), text(row['verifier'])];
    for (const guess of guessesFor(name)) {
      const fits = verifier.startsWith('md5')
        ? verifier ===
          `md5${createHash('md5')
            .update(guess + name)
            .digest('hex')}`
        : (await fitsVerifier(guess, verifier)) === true;
      if (!fits) continue;
      found.push(
        one('weak_password', name, 'password', `pg_authid ${name}`, {
          sort: guess.toLowerCase().includes(name.toLowerCase())
            ? 'made of its own name'
            : 'one that everybody tries first',
        }),
      );
      break;
    }
  }
  return found;
}

const one = (
  kind: string,
  account: string,
  about: string,
  place: string,
  facts: Observation['facts'],
): Observation => ({ kind, account, about, place, facts });
const text = (value: unknown): string => (typeof value === 'string' ? value : value == null ? '' : String(value));
