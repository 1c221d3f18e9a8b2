/** Whether a host is closed to everybody but the gateways, by what its sshd and its firewall say themselves. */
import {
  checkFirewall,
  FIREWALL_TABLE,
  isExempt,
  isWithin,
  type IsolationCheck,
  type IsolationPlan,
  type Target,
} from '../../port.ts';
import { linesOf } from '../inspect/access.ts';
import { runScript, word, type RunOptions, type Section } from '../ssh/script.ts';
import type { SshSession } from '../ssh/session.ts';
import { FOLDER } from '../trust/trust-scripts.ts';

/** Accounts sshd is asked about at most. */
const MOST_ACCOUNTS = 300;
/** Addresses of documentation: nobody has them. */
const NOWHERE = ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1'];
const WAYS = [
  'pubkeyauthentication',
  'passwordauthentication',
  'kbdinteractiveauthentication',
  'hostbasedauthentication',
  'gssapiauthentication',
  'kerberosauthentication',
];

const script = (
  port: number,
  elsewhere: string,
  gateway: string,
): string => `SSHD=$(command -v sshd) || refuse 'there is no sshd in /usr/sbin or /usr/bin'
"$SSHD" -t || refuse 'sshd does not accept its own configuration (sshd -t)'
ask() { S "$1 $2"; "$SSHD" -T -C "user=$2,host=$3,addr=$3,laddr=0.0.0.0,lport=${String(port)}" 2>/dev/null | grep -E '^(${[...WAYS, 'authorizedkeysfile', 'authorizedkeyscommand', 'trustedusercakeys', 'denyusers'].join('|')}) '; }
awk -F: '$7 !~ /(nologin|false|sync|shutdown|halt)$/ && $1 ~ /^[A-Za-z_][A-Za-z0-9_.-]*$/ { print $1 }' /etc/passwd | head -n ${String(MOST_ACCOUNTS)} | while read -r u; do
  ask elsewhere "$u" ${word(elsewhere)}; ask gateway "$u" ${word(gateway)}; done
if [ -r ${FOLDER}/user_ca.pub ]; then S authorities; cat ${FOLDER}/user_ca.pub; fi
if command -v nft >/dev/null 2>&1; then S nft; nft -j list table inet ${FIREWALL_TABLE} 2>/dev/null || S nonft absent; else S nonft missing; fi
`;

/** Every check, in the order people read them. */
export async function proveHost(
  session: SshSession,
  target: Target,
  plan: IsolationPlan,
  options: RunOptions,
): Promise<readonly IsolationCheck[]> {
  const said = await session.run('printf %s "$SSH_CONNECTION"', '', { timeoutMs: options.timeoutMs, maxBytes: 4096 });
  const from = said.stdout.toString('utf8').split(' ')[0] ?? '';
  const everywhere = [...plan.gateways, ...plan.exemptions.map(({ address }) => address)];
  const elsewhere = NOWHERE.find((address) => !isWithin(address, everywhere));
  const gateway = plan.gateways[0]?.split('/')[0] ?? '';
  const sections = await runScript(session, script(target.port, elsewhere ?? '', gateway), options);
  return [
    comesFrom(from, plan),
    elsewhere === undefined
      ? { name: 'sshd_elsewhere', outcome: 'failed', evidence: 'every address is said to be one of a gateway' }
      : shutElsewhere(sections, elsewhere),
    onlyWhatReeveKeeps(sections, gateway, plan),
    onlyReevesAuthorities(sections, plan),
    firewall(sections, target.port, plan),
  ];
}

/** The way the target sees Reeve come is one of those that stay open. */
function comesFrom(from: string, plan: IsolationPlan): IsolationCheck {
  const passed = isWithin(from, plan.gateways);
  return {
    name: 'through_reeve',
    outcome: passed ? 'passed' : 'failed',
    evidence: passed
      ? `Reeve logs on, and the host sees it come from ${from}`
      : `Reeve logs on, and the host sees it come from ${from || 'nowhere it tells'}, which is none of ${plan.gateways.join(', ')}`,
  };
}

type Effective = ReadonlyMap<string, string>;

function asked(sections: readonly Section[], name: string): readonly { account: string; config: Effective }[] {
  return sections
    .filter(({ words }) => words[0] === name)
    .map(({ words, text }) => ({
      account: words[1] ?? '',
      config: new Map(
        text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1).trim()] as const),
      ),
    }));
}

function shutElsewhere(sections: readonly Section[], elsewhere: string): IsolationCheck {
  const name = 'sshd_elsewhere';
  const all = asked(sections, 'elsewhere');
  if (all.length === 0 || all.some(({ config }) => config.size === 0))
    return { name, outcome: 'unknown', evidence: 'sshd -T did not answer for every account' };
  const open = all.flatMap(({ account, config }) => {
    if (config.get('denyusers') === '*') return [];
    const ways = WAYS.filter((way) => (config.get(way) ?? 'no') !== 'no');
    return ways.length === 0 ? [] : [`${account} by ${ways.join(', ')}`];
  });
  return open.length === 0
    ? {
        name,
        outcome: 'passed',
        evidence: `sshd -T: from ${elsewhere} none of ${String(all.length)} accounts has a way to log on`,
      }
    : { name, outcome: 'failed', evidence: cut(`sshd -T: from ${elsewhere} may log on: ${open.join('; ')}`) };
}

/** From a gateway nothing opens but certificates, and what is in the vault: a key somebody left opens nothing. */
function onlyWhatReeveKeeps(sections: readonly Section[], gateway: string, plan: IsolationPlan): IsolationCheck {
  const name = 'sshd_gateway';
  const all = asked(sections, 'gateway');
  if (all.length === 0 || all.some(({ config }) => config.size === 0))
    return { name, outcome: 'unknown', evidence: 'sshd -T did not answer for every account' };
  const keeps = (account: string, kind: string): boolean =>
    plan.credentials.some((one) => one.account === account && one.kind === kind);
  const open = all.flatMap(({ account, config }) => {
    if (isExempt({ account, from: gateway }, plan.exemptions)) return [];
    const keys =
      config.get('pubkeyauthentication') !== 'no' &&
      (config.get('authorizedkeysfile') !== 'none' || (config.get('authorizedkeyscommand') ?? 'none') !== 'none');
    const passwords = ['passwordauthentication', 'kbdinteractiveauthentication'].some(
      (way) => config.get(way) === 'yes',
    );
    return [
      ...(keys && !keeps(account, 'ssh_key')
        ? [`${account} by keys in ${config.get('authorizedkeysfile') ?? ''}`]
        : []),
      ...(passwords && !keeps(account, 'password') ? [`${account} by password`] : []),
    ];
  });
  return open.length === 0
    ? {
        name,
        outcome: 'passed',
        evidence: `sshd -T: from ${gateway} accounts open by what Reeve keeps, and nothing else`,
      }
    : { name, outcome: 'failed', evidence: cut(`sshd -T: from ${gateway} also open: ${open.join('; ')}`) };
}

function onlyReevesAuthorities(sections: readonly Section[], plan: IsolationPlan): IsolationCheck {
  const name = 'sshd_authorities';
  const files = new Set(asked(sections, 'gateway').map(({ config }) => config.get('trustedusercakeys') ?? 'none'));
  files.delete('none');
  if (files.size === 0)
    return {
      name,
      outcome: 'passed',
      evidence: 'sshd -T: no authority is trusted (reeve ca set-up makes it trust that of Reeve)',
    };
  const other = [...files].filter((file) => file !== `${FOLDER}/user_ca.pub`);
  if (other.length > 0)
    return { name, outcome: 'failed', evidence: cut(`sshd -T: trusts what is in ${other.join(', ')}`) };
  const body = (line: string): string => line.split(' ').slice(0, 2).join(' ');
  const known = new Set(plan.authorities.map(body));
  const strange = linesOf(sections, 'authorities').filter((line) => !line.startsWith('#') && !known.has(body(line)));
  return strange.length === 0
    ? { name, outcome: 'passed', evidence: `${FOLDER}/user_ca.pub holds the authorities of Reeve, and no other` }
    : {
        name,
        outcome: 'failed',
        evidence: `${FOLDER}/user_ca.pub holds ${String(strange.length)} authorities that are not Reeve's`,
      };
}

function firewall(sections: readonly Section[], port: number, plan: IsolationPlan): IsolationCheck {
  const absent = sections.find(({ words }) => words[0] === 'nonft')?.words[1];
  if (absent === 'missing') return { name: 'firewall', outcome: 'unknown', evidence: 'nft is not installed there' };
  if (absent !== undefined)
    return {
      name: 'firewall',
      outcome: 'failed',
      evidence: `there is no table inet ${FIREWALL_TABLE} that could be read`,
    };
  return checkFirewall(sections.find(({ words }) => words[0] === 'nft')?.text ?? '', port, plan);
}

const cut = (text: string): string => (text.length > 500 ? `${text.slice(0, 497)}...` : text);
