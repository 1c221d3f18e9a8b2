/** Whether a cluster is closed to everybody but the gateways, by what it says its pg_hba.conf means. */
import { isCovered, isWithin, TargetError, type IsolationCheck, type IsolationPlan } from '../../port.ts';
import type { Database, Row } from '../client.ts';

const RULES = `
  select line_number as line, type, database, user_name as users, coalesce(address, '') as address, coalesce(netmask, '') as netmask, auth_method as method, error
    from pg_hba_file_rules order by line_number`;
const LOADED = `
  select (pg_stat_file(current_setting('hba_file'))).modification > pg_conf_load_time() as newer`;
const FROM = `select coalesce(host(inet_client_addr()), '') as address`;
/** Methods by which a password is not said to whoever is between, or none is needed at all. */
const WEAK = ['trust', 'password', 'md5', 'ident'];

export async function proveCluster(database: Database, plan: IsolationPlan): Promise<readonly IsolationCheck[]> {
  const [row] = await database.query(FROM);
  const from = String(row?.['address'] ?? '');
  const through: IsolationCheck = isWithin(from, plan.gateways)
    ? { name: 'through_reeve', outcome: 'passed', evidence: `Reeve logs on, and the server sees it come from ${from}` }
    : {
        name: 'through_reeve',
        outcome: 'failed',
        evidence: `Reeve logs on, and the server sees it come from ${from || 'its own machine'}, which is none of ${plan.gateways.join(', ')}`,
      };
  const rules = await ask(database, RULES);
  if (typeof rules === 'string') return [through, { name: 'hba_elsewhere', outcome: 'unknown', evidence: rules }];
  const loaded = await ask(database, LOADED);
  return [through, elsewhere(rules, plan), asLoaded(rules, loaded)];
}

async function ask(database: Database, question: string): Promise<readonly Row[] | string> {
  try {
    return await database.query(question);
  } catch (error) {
    if (!(error instanceof TargetError) || error.code === 'unreachable') throw error;
    return error.message;
  }
}

/** Every line up to one that refuses all the rest has to be about gateways and exemptions. */
function elsewhere(rules: readonly Row[], plan: IsolationPlan): IsolationCheck {
  const name = 'hba_elsewhere';
  const open: string[] = [];
  const shut = { all: false, replication: false };
  for (const rule of rules) {
    const [type, method] = [String(rule['type']), String(rule['method'])];
    if (rule['error'] != null || type === 'local') continue;
    const [databases, users] = [listOf(rule['database']), listOf(rule['users'])];
    const replication = databases.includes('replication');
    const others = databases.some((one) => one !== 'replication');
    if ((!others || shut.all) && (!replication || shut.replication)) continue;
    const where = `line ${String(rule['line'])}: ${type} ${databases.join(',')} ${users.join(',')} ${addressOf(rule)} ${method}`;
    if (method === 'reject') {
      const everybody = users.includes('all') && String(rule['address']) === 'all' && type === 'host';
      if (everybody && databases.includes('all')) shut.all = true;
      if (everybody && replication) shut.replication = true;
    } else if (!isForReeve(rule, users, plan)) open.push(where);
    else if (WEAK.includes(method)) open.push(`${where} (a password that can be read on its way, or none)`);
  }
  if (!shut.all) open.push('no line refuses all the rest (host all all all reject)');
  if (open.length > 0) return { name, outcome: 'failed', evidence: cut(`pg_hba_file_rules: ${open.join('; ')}`) };
  return {
    name,
    outcome: 'passed',
    evidence: `pg_hba_file_rules: lines up to the one that refuses all the rest are about ${plan.gateways.join(', ')} and exemptions`,
  };
}

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const addressOf = (rule: Row): string => {
  const [address, netmask] = [String(rule['address']), String(rule['netmask'])];
  return netmask === '' ? address : `${address}/${String(bitsOf(netmask))}`;
};

/** How many leading ones a mask has, of either family. */
function bitsOf(netmask: string): number {
  if (netmask.includes(':')) {
    const [head = '', tail = ''] = netmask.split('::');
    const ones = (part: string): number =>
      part
        .split(':')
        .reduce(
          (sum, group) => sum + (group === '' ? 0 : Number.parseInt(group, 16).toString(2).replaceAll('0', '').length),
          0,
        );
    return ones(head) + ones(tail);
  }
  return netmask.split('.').reduce((sum, part) => sum + Number(part).toString(2).replaceAll('0', '').length, 0);
}

/** What the server shows of such a name may stand for many: quotes are not shown. */
const isPattern = (name: string): boolean => /^(?:[/+]|all$)/u.test(name);

/** A name, `samehost` and `samenet` are no addresses, so they are nobody's who was named. */
function isForReeve(rule: Row, users: readonly string[], plan: IsolationPlan): boolean {
  const address = addressOf(rule);
  if (isCovered(address, plan.gateways)) return true;
  const loopback = isCovered(address, ['127.0.0.0/8', '::1/128']);
  return plan.exemptions.some(
    (one) =>
      (one.account === '*' || (users.length === 1 && users[0] === one.account && !isPattern(one.account))) &&
      (one.address === 'local' ? loopback : isCovered(address, [one.address])),
  );
}

/** The file may have been changed since the server read it. */
function asLoaded(rules: readonly Row[], loaded: readonly Row[] | string): IsolationCheck {
  const name = 'hba_loaded';
  const wrong = rules.filter((rule) => rule['error'] != null);
  if (wrong.length > 0)
    return {
      name,
      outcome: 'failed',
      evidence: cut(
        `pg_hba_file_rules: ${wrong.map((rule) => `line ${String(rule['line'])}: ${String(rule['error'])}`).join('; ')}, so the server keeps what it read before`,
      ),
    };
  if (typeof loaded === 'string') return { name, outcome: 'unknown', evidence: loaded };
  return loaded[0]?.['newer'] === true
    ? {
        name,
        outcome: 'failed',
        evidence: 'pg_hba.conf was changed after the server read it (select pg_reload_conf())',
      }
    : { name, outcome: 'passed', evidence: 'the server has read pg_hba.conf since it was last changed' };
}

const cut = (text: string): string => (text.length > 500 ? `${text.slice(0, 497)}...` : text);
