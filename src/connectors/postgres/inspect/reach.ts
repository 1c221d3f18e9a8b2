/** Further ways to power in a cluster: hashes that are read, languages, triggers, mappings, code that is loaded at log-in. */
import type { Observation } from '../../port.ts';
import type { Row } from '../client.ts';
import * as ask from './questions.ts';

type Asked = (kind: string, question: string) => Promise<readonly Row[]>;

const text = (value: unknown): string => (typeof value === 'string' ? value : value == null ? '' : String(value));

/** What holds for the cluster as a whole. */
export async function catalogue(asked: Asked, version: number): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  for (const row of await asked('weak_hash', ask.oldVerifiers))
    found.push({
      kind: 'weak_hash',
      account: text(row['name']),
      about: 'password',
      place: `pg_authid ${text(row['name'])}`,
      facts: { scheme: 'MD5 of the password and the name' },
    });
  for (const row of await asked('loaded_at_login', ask.loadedAtLogin)) {
    const setting = text(row['setting']);
    const where = [text(row['role']), text(row['database'])].filter((one) => one !== '').join(' in ') || 'everybody';
    found.push({
      kind: 'loaded_at_login',
      account: text(row['role']),
      about: `${where}: ${setting}`,
      place: `pg_db_role_setting of ${where}: ${setting}`,
      facts: { setting },
    });
  }
  if (version >= 150_000)
    for (const row of await asked('mapped_login', ask.mapped)) {
      const [machine, role] = [text(row['machine']), text(row['role'])];
      found.push({
        kind: 'mapped_login',
        account: /^[/\\]|^all$/u.test(role) ? '' : role,
        about: `${text(row['map'])}: ${machine}`,
        place: `pg_ident.conf:${text(row['line'])}`,
        facts: { machine, role, map: text(row['map']) },
      });
    }
  return found;
}

/** What each database has of its own. */
export async function languagesAndTriggers(asked: Asked, database: string): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  for (const row of await asked('open_language', ask.openLanguages))
    found.push({
      kind: 'open_language',
      account: text(row['grantee']),
      about: `${database}: ${text(row['language'])}`,
      place: `pg_language of ${database}: ${text(row['language'])}, lanpltrusted`,
      facts: { language: text(row['language']), database },
    });
  for (const row of await asked('reads_hashes', ask.readHashes))
    found.push({
      kind: 'reads_hashes',
      account: text(row['grantee']),
      about: `${database}: ${text(row['name'])}`,
      place: `access list of pg_catalog.${text(row['name'])} in ${database}: SELECT`,
      facts: { what: `pg_catalog.${text(row['name'])}` },
    });
  for (const row of await asked('borrowed_trigger', ask.borrowedTriggers))
    found.push({
      kind: 'borrowed_trigger',
      account: text(row['author']),
      about: `${database}: ${text(row['name'])} on ${text(row['target'])}`,
      place: `pg_trigger of ${database}: ${text(row['name'])} on ${text(row['target'])}`,
      facts: { trigger: text(row['name']), on: text(row['target']), victim: text(row['victim']) },
    });
  for (const row of await asked('writes_catalogue', ask.writableCatalogue))
    found.push({
      kind: 'writes_catalogue',
      account: text(row['grantee']),
      about: `${database}: ${text(row['name'])}`,
      place: `access list of ${text(row['name'])} in ${database}: ${text(row['privileges'])}`,
      facts: { what: text(row['name']), privileges: text(row['privileges']) },
    });
  for (const row of await asked('borrowed_code', ask.borrowedCode))
    found.push({
      kind: 'borrowed_code',
      account: text(row['author']),
      about: `${database}: ${text(row['function'])} in ${text(row['target'])}`,
      place: `pg_depend of ${database}: ${text(row['what'])} of ${text(row['target'])} calls ${text(row['function'])}`,
      facts: {
        routine: text(row['function']),
        on: text(row['target']),
        what: text(row['what']),
        victim: text(row['victim']),
      },
    });
  for (const row of await asked('borrowed_path', ask.borrowedPaths)) {
    const where = [text(row['role']), text(row['database'])].filter((one) => one !== '').join(' in ') || 'everybody';
    found.push({
      kind: 'borrowed_path',
      account: text(row['maker']),
      about: `${database}: ${text(row['schema'])} for ${where}`,
      place: `pg_db_role_setting of ${where}: search_path; owner and access list of schema ${text(row['schema'])} in ${database}`,
      facts: { schema: text(row['schema']), victim: text(row['role']) },
    });
  }
  for (const row of await asked('open_to_all', ask.openDefaults)) {
    const what = `what ${text(row['owner'])} makes${text(row['schema']) === '' ? '' : ` in ${text(row['schema'])}`}`;
    found.push({
      kind: 'open_to_all',
      account: '',
      about: `${database}: default ${what} ${text(row['what'])}`,
      place: `pg_default_acl of ${database}: ${text(row['privileges'])} to PUBLIC`,
      facts: { what, privileges: text(row['privileges']) },
    });
  }
  return found;
}
