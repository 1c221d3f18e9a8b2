/** What sshd is to be told so that only the gateways get in. */
import { heading, TargetError, type IsolationPart, type IsolationPlace, type IsolationPlan } from '../../port.ts';
import { accountName } from '../change/names.ts';
import { FOLDER } from '../trust/trust-scripts.ts';

const FILE = '/etc/ssh/sshd_config.d/00-reeve-isolation.conf';
const KEYS = '.ssh/authorized_keys';
const SHUT = [
  'PasswordAuthentication no',
  'KbdInteractiveAuthentication no',
  'HostbasedAuthentication no',
  'GSSAPIAuthentication no',
  'KerberosAuthentication no',
];
const NO_KEYS = ['AuthorizedKeysFile none', 'AuthorizedKeysCommand none'];

const block = (match: string, lines: readonly string[]): string =>
  [`Match ${match}`, ...lines.map((line) => `    ${line}`)].join('\n');
const isName = (account: string): boolean => {
  try {
    return accountName(account) === account;
  } catch (error) {
    if (error instanceof TargetError) return false;
    throw error;
  }
};

/**
 * The drop-in. Everything stands in blocks of its own, since the first block that says something about a keyword counts:
 * what other files say later changes nothing.
 */
export function sshdPart(place: IsolationPlace, plan: IsolationPlan): IsolationPart {
  const { gateways, authorities } = plan;
  const kept = plan.credentials.filter(({ account }) => isName(account));
  const by = (kind: string): string =>
    kept
      .filter((one) => one.kind === kind)
      .map(({ account }) => account)
      .join(',');
  const from = gateways.join(',');
  const apart = plan.exemptions.filter(
    ({ account, address }) => address !== 'local' && (account === '*' || isName(account)),
  );
  const ca =
    authorities.length === 0
      ? ['TrustedUserCAKeys none']
      : [
          `TrustedUserCAKeys ${FOLDER}/user_ca.pub`,
          `AuthorizedPrincipalsFile ${FOLDER}/principals/%u`,
          `RevokedKeys ${FOLDER}/revoked.krl`,
        ];
  const blocks = [
    ...apart.map(
      ({ account, address }) =>
        `# May log on without Reeve, by a key; each such log-on is on Reeve's record.\n${block(
          account === '*' ? `Address ${address}` : `User ${account} Address ${address}`,
          ['PubkeyAuthentication yes', `AuthorizedKeysFile ${KEYS}`],
        )}`,
    ),
    ...(by('ssh_key') === ''
      ? []
      : [
          `# Accounts whose key is in Reeve's vault.\n${block(`User ${by('ssh_key')} Address ${from}`, ['PubkeyAuthentication yes', `AuthorizedKeysFile ${KEYS}`])}`,
        ]),
    ...(by('password') === ''
      ? []
      : [
          `# Accounts whose password is in Reeve's vault.\n${block(`User ${by('password')} Address ${from}`, ['PasswordAuthentication yes', 'KbdInteractiveAuthentication yes'])}`,
        ]),
    `# From elsewhere than a gateway there is no way to log on.\n${block(`Address *,${gateways.map((gateway) => `!${gateway}`).join(',')}`, ['PubkeyAuthentication no'])}`,
    `# From a gateway: ${authorities.length === 0 ? 'nothing but the above, since certificates are not set up here (reeve ca set-up)' : 'certificates Reeve signed, for minutes, and nothing but the above'}.\n${block('all', [...SHUT, ...NO_KEYS, ...ca])}`,
  ];
  return {
    name: 'sshd',
    file: FILE,
    text: `${heading(place.name)}
# sshd_config has to include /etc/ssh/sshd_config.d/*.conf before its own lines, as Debian ships it.
# Keep one session open as root until a log-on through Reeve has worked.
${blocks.join('\n\n')}
`,
    apply: ['sshd -t', 'systemctl reload ssh'],
    remove: [`rm ${FILE}`, 'systemctl reload ssh'],
  };
}

/** What stands before keys that stay, so that they are good from the gateways only, even where the drop-in is gone. */
export function keysPart(place: IsolationPlace, plan: IsolationPlan): readonly IsolationPart[] {
  const accounts = plan.credentials.filter(({ account, kind }) => kind === 'ssh_key' && isName(account));
  if (accounts.length === 0) return [];
  return [
    {
      name: 'keys',
      file: null,
      text: `${heading(place.name)}
# Put this before the line of Reeve's key, with a blank between, in authorized_keys of: ${accounts.map(({ account }) => account).join(', ')}
from="${plan.gateways.join(',')}"
`,
      apply: [],
      remove: [],
    },
  ];
}
