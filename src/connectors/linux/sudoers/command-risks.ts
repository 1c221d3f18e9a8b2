/** What makes a narrow-looking sudo rule wide: patterns, shell escapes, missing arguments. Said in words on the entitlement. */
import type { CommandSpec } from './parse-sudoers.ts';

/** Programs that start another program or write any file when asked to (GTFOBins), unless NOEXEC holds them. */
const escapes: ReadonlySet<string> = new Set(
  `ansible-playbook chpasswd chsh debugfs gpasswd groupmod insmod install modprobe mknod nginx passwd setcap setfacl apt apt-get aptitude ash awk bash bundle busybox cargo chmod chown cp cpio crontab csh curl dash dd dmesg dnf docker dpkg
  ed emacs env ex expect fish find flock ftp gawk gdb gem git ionice ip irb journalctl jrunscript kubectl ksh less ln logrotate
  lua make man mawk more mount mv mysql nano ncat nice nmap node npm nsenter nvim openssl perl pg php pico pip pip3 podman psql python
  python2 python3 rpm rsync ruby run-parts runuser rvim scp screen script sed setarch setpriv sftp sh snap socat sqlite3 ssh start-stop-daemon
  stdbuf strace su sudo systemctl tar tclsh tcpdump tee time timeout tmux unshare unzip useradd usermod vi view vim vimdiff visudo
  watch wget wish xargs yum zip zsh zypper`.split(/\s+/u),
);

/** Sentences about one command of a rule; empty when nothing about it is wider than it looks. */
export function commandRisks(spec: CommandSpec): readonly string[] {
  if (spec.negated) return [`\`!${spec.text}\` forbids nothing: the same program under another name is allowed`];
  if (spec.text === 'ALL') return [];
  const [program = '', ...args] = spec.text.split(' ');
  const risks: string[] = [];
  if (/(?:^|[^\\])[*?[]/u.test(spec.text))
    risks.push(`\`${spec.text}\` holds a pattern: blanks and slashes fit it too`);
  if (program.endsWith('/')) risks.push(`\`${program}\` allows every program in that folder`);
  const name = program.split('/').at(-1) ?? '';
  if (escapes.has(name) && !spec.tags.includes('NOEXEC')) risks.push(`\`${name}\` can start a shell or write any file`);
  if (program.startsWith('/') && !program.endsWith('/') && args.length === 0)
    risks.push(`\`${program}\` may be given any arguments`);
  if (spec.tags.includes('SETENV')) risks.push(`\`${program}\` runs with the caller's environment`);
  return risks;
}
