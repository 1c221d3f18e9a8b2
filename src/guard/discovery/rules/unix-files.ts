import { said, texts, type Rule } from '../model.ts';

/** Programs that start others or write files when asked to (GTFOBins). */
const escapes = new Set(
  `ash awk bash busybox cat cp csh curl dash dd ed emacs env expect find fish flock gawk gdb git ionice ksh less ln lua make man mawk more mv nano nice nmap node
  openssl perl php pip python python2 python3 rbash rsync ruby rvim sed setarch sh socat sqlite3 ssh start-stop-daemon stdbuf strace tar taskset tclsh tee
  time timeout unshare vi view vim vim.basic vimdiff watch wget xargs zip zsh chmod chown install head tail od xxd base64`.split(
    /\s+/u,
  ),
);
const isEscape = (name: string): boolean => escapes.has(name) || /^(?:python|perl|ruby|lua|php|vim)[\d.]+$/u.test(name);

export const setuid: Rule = ({ account, facts }, around) => {
  const path = said(facts['path']);
  const name = said(facts['isProgram']);
  const writableBy = texts(facts['writableBy']);
  const root = account === 'root' || around.powerOf(account) !== undefined;
  const shell = isEscape(name);
  const copy = said(facts['copyOf']);
  return [
    {
      kind: 'setuid',
      severity: root && (shell || writableBy.length > 0) ? 'critical' : root ? 'high' : shell ? 'medium' : 'low',
      power: true,
      restsOn: 'thing',
      reason: [
        `${said(facts['runnableBy'])} runs ${path} as ${account} (set-user-ID)`,
        ...(shell
          ? [`it is ${copy === '' ? name : `a copy of ${copy}`}, which starts a shell or reads and writes any file`]
          : ['no distribution ships it there']),
        ...(writableBy.length > 0 ? [`and ${writableBy.join(', ')} may change it`] : []),
      ].join('; '),
      byHand: `take the bit away: chmod u-s ${path}`,
    },
  ];
};

export const setgid: Rule = ({ facts }) => [
  {
    kind: 'setgid',
    severity: 'medium',
    power: true,
    restsOn: 'thing',
    reason: `everybody runs ${said(facts['path'])} with group ${said(facts['group'])} (set-group-ID)`,
    byHand: `take the bit away: chmod g-s ${said(facts['path'])}`,
  },
];

export const capability: Rule = ({ facts }) => {
  const capabilities = texts(facts['capabilities']);
  return [
    {
      kind: 'capability',
      severity:
        isEscape(said(facts['program'])) || capabilities.some((one) => /setuid|every|sys_admin|setfcap/u.test(one))
          ? 'critical'
          : 'high',
      power: true,
      restsOn: 'thing',
      reason: `everybody runs ${said(facts['path'])} with ${capabilities.join(', ')}, past file permissions`,
      byHand: `take them away: setcap -r ${said(facts['path'])}`,
    },
  ];
};

/** Decides who is root: to change it is to be root. */
export const writableFile: Rule = ({ facts, kind }) => {
  const path = said(facts['path']);
  const socket = kind === 'control_socket';
  return [
    {
      kind,
      severity: 'critical',
      power: true,
      restsOn: 'thing',
      reason: socket
        ? `${said(facts['by'])} may talk to ${path}, which starts containers as root`
        : `${said(facts['by'])} may change ${path}, which decides who is root or is run by root`,
      byHand: onlyFor('root', path),
    },
  ];
};

export const rootRunsWritable: Rule = ({ facts }) => [
  {
    kind: 'root_runs_writable',
    severity: 'critical',
    power: true,
    restsOn: 'thing',
    reason: `${said(facts['by'])} may change ${said(facts['changes'])}, and ${said(facts['because'])}`,
    byHand: onlyFor('root', said(facts['changes'])),
  },
];

/** What runs as somebody else: their power is lent to whoever may change it. */
export const runsWritable: Rule = ({ facts }, around) => {
  const as = said(facts['as']);
  const lent = around.powerOf(as);
  return [
    {
      kind: 'runs_writable',
      severity: lent ?? 'medium',
      power: lent !== undefined,
      restsOn: 'thing',
      reason: `${said(facts['by'])} may change ${said(facts['changes'])}, and ${said(facts['because'])}`,
      byHand: onlyFor(as, said(facts['changes'])),
    },
  ];
};

/** What an account's shell runs at log-in is the account's own doing, whoever wrote it. */
export const startupWritable: Rule = ({ account, facts }, around) => {
  const lent = facts['uid'] === 0 ? 'critical' : around.powerOf(account);
  return [
    {
      kind: 'startup_writable',
      severity: lent ?? 'medium',
      power: lent !== undefined,
      restsOn: 'thing',
      reason: `${said(facts['by'])} may change ${said(facts['path'])}, which ${account} runs at log-in`,
      byHand: onlyFor(account, said(facts['path'])),
    },
  ];
};

const onlyFor = (name: string, path: string): string =>
  `give it to ${name} alone: chown ${name} ${path}; chmod go-w ${path}; setfacl -b ${path}`;

export const readableSecret: Rule = ({ facts }) => [
  {
    kind: 'readable_secret',
    severity: facts['hashes'] === true ? 'critical' : 'high',
    power: true,
    restsOn: 'thing',
    reason: `${said(facts['by'])} may read ${said(facts['path'])}, where ${said(facts['what']) || (facts['hashes'] === true ? 'password hashes' : 'keys of the host')} ${said(facts['what']).startsWith('a ') || said(facts['what']).startsWith('what') ? 'is' : 'are'} kept`,
    byHand: `give it to root alone: chmod 600 ${said(facts['path'])}; setfacl -b ${said(facts['path'])}`,
  },
];

export const keysWritable: Rule = ({ account, facts }, around) => {
  const power = facts['uid'] === 0 ? 'critical' : around.powerOf(account);
  return [
    {
      kind: 'keys_writable',
      severity: power ?? 'medium',
      power: power !== undefined,
      restsOn: 'thing',
      reason: `${said(facts['by'])} may add keys that open ${account}: ${said(facts['path'])}`,
      byHand: `give it to ${account} alone: chown ${account} ${said(facts['path'])}; chmod go-w ${said(facts['path'])}`,
    },
  ];
};

export const privateKeyReadable: Rule = ({ account, facts }, around) => {
  const guarded = facts['passphrase'] === 'yes';
  return [
    {
      kind: 'private_key_readable',
      severity: guarded ? 'low' : around.powerOf(account) === undefined ? 'medium' : 'high',
      power: false,
      restsOn: 'thing',
      reason: `${texts(facts['by']).join(', ')} may read the private key ${said(facts['path'])} of ${account}${guarded ? ', which a passphrase guards' : ', and no passphrase guards it'}`,
      byHand: `make a new key, take the old one off wherever it opens something, and chmod 600 ${said(facts['path'])}`,
    },
  ];
};

export const secretInFile: Rule = ({ facts }) => {
  const by = texts(facts['readableBy']);
  return [
    {
      kind: 'secret_in_file',
      severity: by.length > 0 ? 'high' : 'medium',
      power: false,
      restsOn: 'thing',
      reason: `${said(facts['path'])} holds a secret (${said(facts['sort'])}) in the clear${by.length === 0 ? '' : `, readable by ${by.join(', ')}`}`,
      byHand: 'put it into the vault, have the program read it there, and make a new one',
    },
  ];
};
