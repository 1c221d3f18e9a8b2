/** What pg_hba.conf is to say so that only the gateways get in. */
import { isIP } from 'node:net';
import { heading, type IsolationPart, type IsolationPlace, type IsolationPlan } from '../../port.ts';
import { cleartext } from '../dial.ts';

const BEGIN = (name: string): string => `# reeve begin: isolation of ${name}`;
const END = '# reeve end: isolation';

/**
 * In quotes no word means more than itself; a quote is doubled. What would end the line cannot be a name here, and what
 * begins with `/` is a pattern for all that, from PostgreSQL 16 on.
 */
const quoted = (name: string): string | undefined =>
  /[\p{Cc}]|^\//u.test(name) ? undefined : `"${name.replaceAll('"', '""')}"`;
const network = (address: string): string =>
  address.includes('/') ? address : `${address}/${isIP(address) === 6 ? '128' : '32'}`;

/** The lines, to stand before all others: the first that fits decides. */
export function hbaPart(place: IsolationPlace, plan: IsolationPlan): IsolationPart {
  const type = place.pinned.includes(cleartext) ? 'host   ' : 'hostssl';
  const apart = plan.exemptions.flatMap(({ account, address }) => {
    const name = account === '*' ? 'all' : quoted(account);
    return address === 'local' || name === undefined ? [] : [{ name, address }];
  });
  const lines = [
    BEGIN(place.name),
    ...plan.gateways.map((gateway) => `${type} all             all ${network(gateway)} scram-sha-256`),
    ...apart.map(({ name, address }) => `${type} all,replication ${name} ${network(address)} scram-sha-256`),
    'host    all             all all reject',
    'host    replication     all all reject',
    END,
  ];
  return {
    name: 'pg_hba',
    file: 'pg_hba.conf',
    text: `${heading(place.name)}
# Put these lines before all others of pg_hba.conf (show hba_file), in place of those between the same marks.
# Sockets of the machine itself (lines that begin with local) stay as they are. A standby from elsewhere needs an exemption.
${lines.join('\n')}
`,
    apply: ['select line_number, error from pg_hba_file_rules where error is not null;', 'select pg_reload_conf();'],
    remove: [`sed -i '/^${BEGIN(place.name)}$/,/^${END}$/d' pg_hba.conf`, 'select pg_reload_conf();'],
  };
}
