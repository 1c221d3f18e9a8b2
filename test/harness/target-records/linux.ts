import type { Lab, LabHost } from '#lab/index.ts';
import { isAbout, sorted, type TargetRecord } from './record.ts';

/** Programs that change accounts, each with one in front of it that notes what it was told and what came of it. */
const ACCOUNT_PROGRAMS = ['useradd', 'usermod', 'gpasswd', 'chage', 'chpasswd'];
const NOTES = '/var/log/account-changes';
const NOTING = `#!/bin/sh
name=\${0##*/}
if [ $name = chpasswd ]; then
  IFS= read -r line
  set -- "\${line%%:*}"
  printf '%s\\n' "$line" | /account-programs/$name
else
  /account-programs/$name "$@"
fi
code=$?
echo "$code $name $*" >>${NOTES}
exit $code
`;

export async function linuxRecord(lab: Lab): Promise<TargetRecord> {
  const host = lab.hosts.get('web1');
  const said = async (command: string, input?: string): Promise<string> => {
    const { code, stdout, stderr } = await host.exec(command, input === undefined ? {} : { input });
    if (code !== 0) throw new Error(`${host.name}: ${stderr}`);
    return stdout;
  };
  // /usr is the machine's and read-only: what stands in front is bound over it, in the host's namespace alone.
  const place = ACCOUNT_PROGRAMS.map(
    (name) => `at=$(command -v ${name}) && cp "$at" /account-programs/ && mount --bind /account-programs/noting "$at"`,
  );
  await said(
    [
      'set -e',
      'mkdir /account-programs',
      'cat >/account-programs/noting',
      'chmod 755 /account-programs/noting',
      `: >${NOTES}`,
      ...place,
    ].join('\n'),
    NOTING,
  );
  const noted = (): Promise<string> => said(`cat ${NOTES}`);
  return {
    name: 'web1',
    complete: false,
    named: true,
    passwords: true,
    kill: () => host.down(),
    up: () => host.up(),
    stir: async () => (await noted()).length,
    done: async (prefix) =>
      (await noted())
        .split('\n')
        .flatMap((line) => {
          const [code, program = '', ...args] = line.split(' ');
          return code === '0' ? (linuxOperation(program, args) ?? []) : [];
        })
        .filter(isAbout(prefix)),
    stands: (prefix) => linuxAccounts(host, prefix),
  };
}

function linuxOperation(program: string, args: readonly string[]): string | undefined {
  const last = args.at(-1) ?? '';
  if (program === 'useradd') return `create ${last}`;
  if (program === 'chpasswd') return `password ${last}`;
  if (program === 'usermod' && args[0] === '-aG') return `grant ${last} ${args[1] ?? ''}`;
  if (program === 'gpasswd' && args[0] === '-d') return `revoke ${args[1] ?? ''} ${last}`;
  // A lock sets the password aside too (`usermod -L`), which says nothing by itself: a new password of a locked account does so again.
  if (program === 'chage' && args[0] === '-E') return `${args[1] === '1' ? 'lock' : 'open'} ${last}`;
  return undefined;
}

/** Every line of every file an account is in, but for its number, and its home. */
async function linuxAccounts(host: LabHost, prefix: string): Promise<string> {
  const { stdout } = await host.exec(`
    for who in $(getent passwd | cut -d: -f1 | grep '^${prefix}'); do
      echo "$who passwd $(getent passwd $who | cut -d: -f1,2,5-)"
      echo "$who shadow $(getent shadow $who | cut -d: -f1,2,4- | sed 's/:\\(!*\\)[$][^:]*/:\\1hash/')"
      echo "$who groups $(id -Gn $who | tr ' ' '\\n' | sort | tr '\\n' ' ')"
      echo "$who gshadow $(grep -c "[:,]$who\\(,\\|$\\)" /etc/gshadow) $(grep -c "^$who:" /etc/gshadow)"
      echo "$who home $(stat -c '%U %G %a' /home/$who) $(ls -A /home/$who | sort | tr '\\n' ' ')"
    done`);
  return sorted(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd()),
  );
}
