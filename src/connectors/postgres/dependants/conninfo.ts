/** Connection strings of libpq: `key=value …`, or a URL. Pure. */

/** The password in one; undefined where it has none. */
export function passwordIn(conninfo: string): string | undefined {
  if (isUrl(conninfo)) {
    const parts = url.exec(conninfo);
    const asked = inQuery.exec(conninfo)?.[1];
    const said = asked ?? parts?.[2];
    return said === undefined ? undefined : decodeURIComponent(said);
  }
  return pairs(conninfo)?.findLast(([key]) => key === 'password')?.[1];
}

/** The same with another password; undefined where it is no connection string, or its password is in a file. */
export function withPassword(conninfo: string, password: string): string | undefined {
  if (isUrl(conninfo)) {
    const encoded = encodeURIComponent(password);
    if (inQuery.test(conninfo))
      return conninfo.replace(
        inQuery,
        (found, old: string) => `${found.slice(0, found.length - old.length)}${encoded}`,
      );
    const parts = url.exec(conninfo);
    return parts === null ? undefined : `${parts[1]}:${encoded}@${parts[3]}`;
  }
  const known = pairs(conninfo);
  if (known === undefined || known.some(([key]) => key === 'passfile')) return undefined;
  const rest = known.filter(([key]) => key !== 'password');
  return [...rest, ['password', password] as const].map(([key, value]) => `${key}=${quoted(value)}`).join(' ');
}

const isUrl = (conninfo: string): boolean => /^postgres(?:ql)?:\/\//u.test(conninfo);
/** `postgresql://user[:password]@…`, and `?password=…` behind it. */
const url = /^(postgres(?:ql)?:\/\/[^:@/?#]+)(?::([^@/?#]*))?@(.*)$/u;
const inQuery = /(?<=[?&])password=([^&#]*)/u;

const quoted = (value: string): string => `'${value.replaceAll(/[\\']/gu, '\\$&')}'`;

/** Words of `key = value`, a value in quotes or not, with a backslash before what would end it. */
function pairs(conninfo: string): readonly (readonly [string, string])[] | undefined {
  const found: (readonly [string, string])[] = [];
  let rest = conninfo.trim();
  while (rest !== '') {
    const match = /^([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\[\s\S])*)'|((?:[^\s'\\]|\\[\s\S])*))(?=\s|$)\s*/u.exec(rest);
    if (match === null) return undefined;
    found.push([match[1] ?? '', (match[2] ?? match[3] ?? '').replaceAll(/\\([\s\S])/gu, '$1')]);
    rest = rest.slice(match[0].length);
  }
  return found;
}
