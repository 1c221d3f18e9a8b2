/** `tsx lab/main.ts up`: the lab by hand, in the foreground, with one line to reach each target. `install` brings what it needs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLab, type Lab } from './index.ts';
import { installNeeds } from './install.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Keys and passwords in files only this user can read; the folder goes when the lab goes. */
function writeSecrets(lab: Lab): readonly string[] {
  const folder = join(lab.folder, 'keys');
  mkdirSync(folder, { mode: 0o700 });
  const lines: string[] = [];
  const known = join(folder, 'known_hosts');
  writeFileSync(
    known,
    [...lab.hosts.hosts.values()].map((host) => `[${host.host}]:${host.port} ${host.hostKey}\n`).join(''),
  );
  for (const host of lab.hosts.hosts.values()) {
    const key = join(folder, host.name);
    writeFileSync(key, host.root.privateKey, { mode: 0o600 });
    lines.push(
      `${host.name.padEnd(9)} ssh -i ${key} -o UserKnownHostsFile=${known} -p ${host.port} ${host.root.username}@${host.host}`,
    );
  }
  if (lab.postgres !== undefined) {
    const { host, port, superuser } = lab.postgres;
    const pass = join(folder, 'pgpass');
    writeFileSync(pass, `${host}:${port}:*:${superuser.username}:${superuser.password}\n`, { mode: 0o600 });
    lines.push(
      `${'orders'.padEnd(9)} PGPASSFILE=${pass} psql "host=${host} port=${port} user=${superuser.username} dbname=shop"`,
    );
  }
  if (lab.ldap !== undefined) {
    const { host, port, management, suffix, tls } = lab.ldap;
    const [pass, ca] = [join(folder, 'ldap-password'), join(folder, 'ldap.crt')];
    writeFileSync(pass, management.password, { mode: 0o600 });
    writeFileSync(ca, tls.certificate);
    lines.push(
      `${lab.ldap.name.padEnd(9)} LDAPTLS_CACERT=${ca} ldapsearch -x -H ldaps://${host}:${port} -D ${management.username} -y ${pass} -b ${suffix}`,
    );
  }
  if (lab.mariadb !== undefined) {
    const { host, port, management, certificateFile } = lab.mariadb;
    const options = join(folder, 'mariadb.cnf');
    writeFileSync(options, `[client]\nuser=${management.username}\npassword=${management.password}\n`, { mode: 0o600 });
    lines.push(
      `${lab.mariadb.name.padEnd(9)} mariadb --defaults-file=${options} --ssl-ca=${certificateFile} -h ${host} -P ${port}`,
    );
  }
  if (lab.mail !== undefined) lines.push(`${'mail'.padEnd(9)} ${lab.mail.url}`);
  return lines;
}

async function up(): Promise<void> {
  const lab = await startLab({ log: say, ldap: true, mariadb: true });
  const lines = writeSecrets(lab);
  say('');
  for (const line of lines) say(line);
  say('\nCtrl-C ends it; nothing stays behind.');
  const hold = setInterval(() => undefined, 60_000);
  const end = async (): Promise<void> => {
    clearInterval(hold);
    await lab.stop();
  };
  // A terminal's Ctrl-C arrives twice under tsx: once from the terminal, once passed on.
  let ending: Promise<void> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void (ending ??= end()));
}

const [order = 'up', mode = 'test'] = process.argv.slice(2);
if (order === 'up') {
  await up();
} else if (order === 'install' && (mode === 'demo' || mode === 'test')) {
  const { installed, missing } = await installNeeds(mode, say);
  say(
    `installed: ${installed.join(', ') || 'nothing new'}; missing: ${missing.map((each) => each.package).join(', ') || 'nothing'}`,
  );
} else {
  process.stderr.write(`"${[order, mode].join(' ')}" is not an order; there are: up, install demo, install test\n`);
  process.exitCode = 2;
}
