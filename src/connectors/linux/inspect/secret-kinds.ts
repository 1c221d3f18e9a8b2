/**
 * The kept rule set of secrets in files: how each sort is written, so that its value can be told from what stands around it.
 * Reviewed like code: a new sort is a new line with a test. `value` is the group that holds the secret.
 */

interface SecretKind {
  readonly name: string;
  readonly pattern: RegExp;
  /** Only in files whose path fits. */
  readonly path?: RegExp;
}

const word = String.raw`[A-Za-z0-9_.-]*`;
/** Names of settings whose value is a secret. */
const naming = `(?:pass(?:word|wd|phrase|code)?|pwd|passwd|secret|secret[_-]?key|api[_-]?key|apikey|access[_-]?key|auth[_-]?token|access[_-]?token|private[_-]?token|client[_-]?secret|token|bindpw|bind[_-]?password|rootpw|db[_-]?pass)`;

export const secretKinds: readonly SecretKind[] = [
  { name: 'AWS access key', pattern: /(?<![A-Z0-9])(?<value>(?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Z0-9])/u },
  { name: 'AWS secret key', pattern: /aws_secret_access_key\s*[=:]\s*["']?(?<value>[A-Za-z0-9/+]{40})/iu },
  { name: 'GitHub token', pattern: /(?<value>gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})/u },
  { name: 'GitLab token', pattern: /(?<value>gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_-]{20,})/u },
  { name: 'Slack token', pattern: /(?<value>xox[abeoprs]-[A-Za-z0-9-]{10,})/u },
  { name: 'Slack webhook', pattern: /(?<value>https:\/\/hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,})/u },
  { name: 'Google API key', pattern: /(?<value>AIza[A-Za-z0-9_-]{35})/u },
  { name: 'Stripe key', pattern: /(?<value>[rs]k_live_[A-Za-z0-9]{16,})/u },
  { name: 'npm token', pattern: /(?<value>npm_[A-Za-z0-9]{36})/u },
  { name: 'npm token', pattern: /:_authToken\s*=\s*(?<value>[A-Za-z0-9_-]{16,})/u, path: /npmrc$/u },
  { name: 'PyPI token', pattern: /(?<value>pypi-[A-Za-z0-9_-]{50,})/u },
  { name: 'vault token', pattern: /(?<value>hv[sb]\.[A-Za-z0-9_-]{20,})/u },
  { name: 'SendGrid key', pattern: /(?<value>SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})/u },
  { name: 'DigitalOcean token', pattern: /(?<value>do[opr]_v1_[a-f0-9]{64})/u },
  { name: 'Hugging Face token', pattern: /(?<![A-Za-z0-9])(?<value>hf_[A-Za-z0-9]{30,})/u },
  { name: 'Docker token', pattern: /(?<value>dckr_pat_[A-Za-z0-9_-]{20,})/u },
  { name: 'Telegram token', pattern: /(?<![0-9])(?<value>\d{8,10}:AA[A-Za-z0-9_-]{33})/u },
  { name: 'API key', pattern: /(?<![A-Za-z0-9_-])(?<value>sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{32,})/u },
  { name: 'age key', pattern: /(?<value>AGE-SECRET-KEY-1[A-Z0-9]{50,})/u },
  { name: 'Azure key', pattern: /\b(?:AccountKey|SharedAccessKey)=(?<value>[A-Za-z0-9+/]{40,}={0,2})/u },
  {
    name: 'key of a cloud account',
    pattern: /"private_key"\s*:\s*"(?<value>-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]{100,})"/u,
  },
  { name: 'password in a group policy (its key is public)', pattern: /\bcpassword="(?<value>[A-Za-z0-9+/=]{4,})"/u },
  { name: 'WireGuard key', pattern: /^\s*(?:PrivateKey|PresharedKey)\s*=\s*(?<value>[A-Za-z0-9+/]{43}=)/u },
  { name: 'password of a network', pattern: /^\s*psk\s*=\s*"?(?<value>[^"\s#]{8,})"?/u },
  {
    name: 'secret of a dial-in',
    pattern: /^\s*[^#\s]\S*\s+\S+\s+["']?(?<value>[^\s"'*]{3,})["']?/u,
    path: /\/(?:chap|pap)-secrets$/u,
  },
  { name: 'shared secret', pattern: /:\s*(?:PSK|XAUTH|EAP)\s+"(?<value>[^"]{3,})"/u, path: /ipsec\.secrets$/u },
  {
    name: 'signed web token',
    pattern: /(?<value>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})/u,
  },
  {
    name: 'password in a URL',
    pattern: /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'<>]*:(?<value>[^\s@/"'<>]{3,})@[^\s/"']/iu,
  },
  {
    name: 'PostgreSQL password file',
    pattern: /^[^#:]*:[^:]*:[^:]*:[^:]*:(?<value>.+)$/u,
    path: /\/\.?pgpass(?:\.conf)?$/u,
  },
  { name: 'password of a machine', pattern: /\bpassword\s+(?<value>\S+)/u, path: /\/[._]netrc$/u },
  {
    name: 'registry log-in',
    pattern: /"auth"\s*:\s*"(?<value>[A-Za-z0-9+/=]{8,})"/u,
    path: /\.docker(?:\/|cfg)|config\.json$/u,
  },
  { name: 'cluster token', pattern: /^\s*token:\s*["']?(?<value>[A-Za-z0-9._-]{16,})/u, path: /kube/u },
  { name: 'cluster key', pattern: /client-key-data:\s*(?<value>[A-Za-z0-9+/=]{40,})/u },
  { name: 'password of a share', pattern: /^\s*password\s*=\s*(?<value>\S+)/u, path: /cifs|smbcred|\.credentials$/u },
  { name: 'password on a command line', pattern: /\bsshpass\s+-p\s*["']?(?<value>[^\s"']{3,})/u },
  {
    name: 'password on a command line',
    pattern: /\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^|;]*\s-p(?<value>[^\s"'-][^\s"']{2,})/u,
  },
  {
    name: 'password on a command line',
    pattern: /\bcurl\b[^|;]*\s(?:-u|--user)[ =]?["']?[^\s:"']+:(?<value>[^\s"']{3,})/u,
  },
  {
    name: 'password on a command line',
    pattern: /\bldap(?:search|modify|add|delete|passwd)\b[^|;]*\s-w\s*["']?(?<value>[^\s"']{3,})/u,
  },
  {
    name: 'password on a command line',
    pattern: /\bredis-cli\b[^|;]*\s(?:-a|--pass)[ =]["']?(?<value>[^\s"']{3,})/u,
  },
  {
    name: 'password on a command line',
    pattern: /\b(?:smbclient|mount\.cifs|rpcclient|net)\b[^|;]*\s-U\s*["']?[^\s"'%]+%(?<value>[^\s"']{3,})/u,
  },
  { name: 'password on a command line', pattern: /\s-pass(?:in|out)?\s+pass:(?<value>[^\s"']{3,})/u },
  {
    name: 'password on a command line',
    pattern: /\bdocker\s+login\b[^|;]*\s(?:-p|--password)[ =]["']?(?<value>[^\s"']{3,})/u,
  },
  { name: 'password on a command line', pattern: /\bPGPASSWORD=["']?(?<value>[^\s"';]{3,})/u },
  {
    name: 'password on a command line',
    pattern: /\becho\s+["']?[A-Za-z0-9_-]+:(?<value>[^\s"']{3,})["']?\s*\|\s*(?:sudo\s+)?chpasswd/u,
  },
  {
    name: 'secret in a setting',
    pattern:
      /^\s*(?:bindpw|rootpw|rootbindpw|requirepass|masterauth|ldap_default_authtok)[\s=]+["']?(?<value>[^\s"']{3,})/iu,
  },
  {
    name: 'secret in a setting',
    pattern:
      /define\(\s*["'][A-Z_]*(?:PASSWORD|SECRET|AUTH_KEY|TOKEN|API_KEY)[A-Z_]*["']\s*,\s*["'](?<value>[^"']{3,})["']/u,
  },
  {
    name: 'token in a request',
    pattern: /Authorization:\s*(?:Bearer|Basic|token)\s+(?<value>[A-Za-z0-9._~+/=-]{12,})/iu,
  },
  {
    name: 'secret in a setting',
    pattern: new RegExp(
      String.raw`(?<![A-Za-z])${word}${naming}["']?\s*(?:=>|:=|=|:)\s*(?:"(?<quoted>[^"]{3,200})"|'(?<single>[^']{3,200})'|(?<bare>[^\s"'#;,]{3,200}))`,
      'iu',
    ),
  },
  {
    name: 'secret in a setting',
    pattern: new RegExp(String.raw`<(?:${word})${naming}(?:\s[^<>]*)?>(?<value>[^<]{3,200})<`, 'iu'),
  },
];

/** What stands where a secret would, and is none: names of variables, blanks to fill in, references to where it is kept. */
const placeholder = [
  /^\$|^%[({]?\w|\$\{|\{\{|<%|^<|^\[.*\]$|^@\w|^\(.*\)$|^\{/u,
  /^[x*.\-_#?]+$/iu,
  /^(?:none|null|nil|undefined|true|false|yes|no|on|off|empty|prompt|ask|env|file|optional|required|string|password|passwd|secret|token|changeme|change[-_ ]?(?:me|it)|replace[-_ ]?me|todo|tbd|example|redacted|hidden|dummy|placeholder|sample|disabled|default|sha\d*|md5|files?|ldap|pam|compat|systemd|winbind|sss|nis|db)$/iu,
  /^your[-_ ]|[-_ ]here$|\bexample\b|^insert[-_ ]|^(?:enter|type)[-_ ]/iu,
  /^(?:enc\[|vault:|\$ansible_vault|aws-sm:|secretsmanager:|ref\+|op:\/\/|keyring:|arn:)/iu,
  /^(?:\/|\.\/|~\/|file:|env:|https?:\/\/)/u,
  /^(?:process\.env|os\.environ|os\.getenv|getenv|config|settings|self|this|request|req|params|args|options|input)\b[.([]/u,
  /[({]$|\(\)?$|\)$/u,
  /^\d{1,3}$/u,
  /^\$?(?:1|2[abxy]?|5|6|y|7|argon2\w*)\$/u,
];

interface FoundSecret {
  readonly name: string;
  /** Handed to a fingerprint, and to nothing else. */
  readonly value: string;
}

/** The secret a line holds, if it does. */
export function secretIn(path: string, line: string): FoundSecret | undefined {
  for (const { name, pattern, path: where } of secretKinds) {
    if (where?.test(path) === false) continue;
    const groups = pattern.exec(line)?.groups;
    const value = groups?.['value'] ?? groups?.['quoted'] ?? groups?.['single'] ?? groups?.['bare'];
    if (value === undefined || placeholder.some((one) => one.test(value.trim()))) continue;
    // A comment explains a setting more often than it sets one.
    if (name === 'secret in a setting' && /^\s*(?:#|\/\/\s|;|--|\*)/u.test(line)) continue;
    return { name, value };
  }
  return undefined;
}

/** Files that show how one would look: nothing in them opens anything. */
export const isSpecimen = (path: string): boolean =>
  /(?:\.(?:example|sample|template|tmpl|dist|md|rst)|[-_.](?:example|sample|template))(?:\.\w+)?$/iu.test(path);

/** What a first look by the host itself goes by (grep -E); wider than the rules, which decide. */
export const prefilter = `pass|pwd|secret|token|api_?-?key|access_?-?key|bindpw|AKIA|ASIA|gh[pousr]_|glpat-|xox[abeoprs]-|AIza|[rs]k_live_|do[opr]_v1_|hf_[A-Za-z0-9]{30}|dckr_pat_|[0-9]:AA[A-Za-z0-9_-]{33}|sk-[A-Za-z0-9_-]{32}|AccountKey|SharedAccessKey|PrivateKey|private_key|PresharedKey|psk *=|redis-cli|smbclient|rpcclient|PSK|XAUTH|npm_|pypi-|hv[sb][.]|SG[.]|eyJ|://[^ ]*:[^ ]*@|-----BEGIN|"auth"|client-key-data|-u [^ ]+:|chpasswd|sshpass|Authorization:|masterauth| -w | -p[^ -]|^[^ #]+[ \t]+[^ ]+[ \t]+[^ ]+[ \t]+[*]|^[^:# ]*:[0-9*]+:[^:]*:[^:]*:.`;

/** A secret that was seen: its line, its sort, and its fingerprint. The value goes into the fingerprint and nowhere else. */
export interface SeenSecret {
  readonly line: string;
  readonly sort: string;
  readonly mark: string;
}

export interface FileWithSecrets {
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly found: readonly SeenSecret[];
}

/** What numbered lines of a file, as grep(1) writes them, hold. */
export function secretsIn(
  path: string,
  numbered: string,
  fingerprint: (value: string) => string,
): readonly SeenSecret[] {
  if (isSpecimen(path)) return [];
  return numbered.split('\n').flatMap((row) => {
    const colon = row.indexOf(':');
    const found = colon < 0 ? undefined : secretIn(path, row.slice(colon + 1));
    return found === undefined ? [] : [{ line: row.slice(0, colon), sort: found.name, mark: fingerprint(found.value) }];
  });
}
