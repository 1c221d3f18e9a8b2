import { statSync } from 'node:fs';
import type { Lab } from '#lab/index.ts';
import { isAbout, needed, run, sorted, type TargetRecord } from './record.ts';

export function mariadbRecord(lab: Lab): Promise<TargetRecord> {
  const server = needed(lab.mariadb);
  const statement = /^(create user|grant|revoke|alter user|set default role) [^\n]*/gimu;
  const operationIn = (said: string): string | undefined => {
    const [, who = ''] = /`([^`]+)`@`%`/u.exec(said) ?? [];
    const [, role = ''] = /^\w+ `([^`]+)` (?:to|from) /u.exec(said) ?? [];
    if (said.startsWith('create user')) return `create ${who}`;
    if (said.startsWith('grant')) return `grant ${who} ${role}`;
    if (said.startsWith('revoke')) return `revoke ${who} ${role}`;
    if (said.startsWith('alter user')) return `${said.endsWith('account lock') ? 'lock' : 'password'} ${who}`;
    return undefined;
  };
  return Promise.resolve({
    name: 'billing',
    complete: false,
    named: true,
    passwords: true,
    kill: () => server.kill9(),
    up: () => server.up(),
    stir: () => server.binaryLogs().reduce((size, file) => size + statSync(file).size, 0),
    done: async (prefix) => {
      const log = await run('mariadb-binlog', server.binaryLogs());
      return (log.match(statement) ?? []).flatMap((said) => operationIn(said) ?? []).filter(isAbout(prefix));
    },
    stands: async (prefix) => {
      const { username, password } = server.management;
      const query = `
        select concat_ws(' ', User, Host, json_remove(Priv, '$.password_last_changed', '$.authentication_string')) from mysql.global_priv where User like '${prefix}%'
        union all select concat_ws(' ', User, Host, 'has', Role, Admin_option) from mysql.roles_mapping where User like '${prefix}%'`;
      const place = [`--host=${server.host}`, `--port=${server.port}`, `--ssl-ca=${server.certificateFile}`];
      const said = await run('mariadb', [...place, `--user=${username}`, '-NBe', query], { MYSQL_PWD: password });
      return sorted(said.trimEnd().split('\n'));
    },
  });
}
