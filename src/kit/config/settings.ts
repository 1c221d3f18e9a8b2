import { homedir } from 'node:os';
import { join } from 'node:path';
import { choice, choices, integer, path, ranges, secretUrl, text, url, type Surroundings } from './define-setting.ts';

const ownFolder = (at: Surroundings): string => {
  if (at.exists(join(at.cwd, '.reeve'))) return join(at.cwd, '.reeve');
  // Root's home is closed to the user PostgreSQL runs as.
  if (at.isRoot) return '/var/lib/reeve';
  const share = at.env['XDG_DATA_HOME'];
  return join(share === undefined || share === '' ? join(homedir(), '.local', 'share') : share, 'reeve');
};

const inDataDir =
  (name: string) =>
  (_at: Surroundings, read: (key: string) => unknown): string =>
    join(String(read('data_dir')), name);

const loopback = 'Stays on loopback unless you choose otherwise.';

/** Every key there is. `REEVE_DATA_DIR` in the environment is `data_dir` in the file and `config.dataDir` in code. */
export const SETTINGS = {
  data_dir: path({
    description:
      'Where Reeve keeps what is not in an external database: the embedded PostgreSQL, recordings, the root key.',
    fallback: ownFolder,
    fallbackText: './.reeve if it exists, else /var/lib/reeve for root, else ~/.local/share/reeve',
  }),
  database_url: secretUrl(
    {
      description: 'A PostgreSQL 15 or newer of your own. Not set: Reeve runs its own below data_dir.',
      alsoEnv: ['DATABASE_URL'],
    },
    ['postgres', 'postgresql'],
  ),
  embedded_postgres_port: integer(
    { description: 'Port of the embedded PostgreSQL on loopback; 0 takes a free one at each start.', fallback: 0 },
    { min: 0, max: 65535 },
  ),
  database_connections: integer(
    { description: 'Most connections to the database this node holds for its own work.', fallback: 10 },
    { min: 2, max: 200 },
  ),
  http_host: text(
    { description: `Address the console and the API listen on. ${loopback}`, fallback: '127.0.0.1' },
    'address',
  ),
  http_port: integer(
    { description: 'Port of the console and the API; 0 takes a free one.', fallback: 8470 },
    { min: 0, max: 65535 },
  ),
  public_url: url(
    {
      description: 'How people reach the console: links in mail, cookies and passkeys depend on it.',
      fallback: (_at, read) => `http://localhost:${String(read('http_port'))}`,
      fallbackText: 'http://localhost:{http_port}',
    },
    ['http', 'https'],
  ),
  ssh_host: text({ description: `Address the SSH gateway listens on. ${loopback}`, fallback: '127.0.0.1' }, 'address'),
  ssh_port: integer(
    { description: 'Port of the SSH gateway; 0 takes a free one.', fallback: 3022 },
    { min: 0, max: 65535 },
  ),
  ssh_public: text(
    {
      description:
        'Where people reach the SSH gateway, as host or host:port; gateways behind one address share a host key. none: the host of public_url, and ssh_port.',
      fallback: 'none',
    },
    'host:port | none',
    { matches: /^([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/, says: 'must be none, a host, or host:port' },
  ),
  browser_file_mib: integer(
    {
      description:
        'Largest file, in MiB, that is fetched from or sent to a system by a browser; by scp there is no limit.',
      fallback: 1024,
    },
    { min: 1, max: 1_048_576 },
  ),
  workload_host: text(
    { description: `Address at which programs exchange client certificates. ${loopback}`, fallback: '127.0.0.1' },
    'address',
  ),
  workload_port: integer(
    { description: 'Port at which programs exchange client certificates; 0 takes a free one.', fallback: 8471 },
    { min: 0, max: 65535 },
  ),
  workload_certificate_file: text(
    {
      description:
        'TLS certificate of that port with its chain, as PEM, read again when it changes; none: programs exchange no certificates.',
      fallback: 'none',
    },
    'none | /path/of/the/certificate.pem',
    { matches: /^(none|\/\S+)$/, says: 'must be none, or the whole path of a file' },
  ),
  workload_key_file: path({
    description: 'Key of that certificate, as PEM, of mode 0600.',
    fallback: inDataDir('workload.key'),
    fallbackText: '{data_dir}/workload.key',
  }),
  postgres_host: text(
    { description: `Address the PostgreSQL gateway listens on. ${loopback}`, fallback: '127.0.0.1' },
    'address',
  ),
  postgres_port: integer(
    { description: 'Port of the PostgreSQL gateway; 0 takes a free one.', fallback: 5470 },
    { min: 0, max: 65535 },
  ),
  mysql_host: text(
    { description: `Address the MySQL gateway listens on. ${loopback}`, fallback: '127.0.0.1' },
    'address',
  ),
  mysql_port: integer(
    { description: 'Port of the MySQL gateway; 0 takes a free one.', fallback: 5471 },
    { min: 0, max: 65535 },
  ),
  mysql_version: text(
    {
      description:
        "Version the MySQL gateway tells clients, before it knows where they want to go. Some choose by it what they ask; say your servers' own where these are MySQL.",
      fallback: '5.5.5-10.11.0-MariaDB',
    },
    'version',
    { matches: /^[\x21-\x7e]{1,60}$/, says: 'must be a version, as a server says it' },
  ),
  postgres_public: text(
    {
      description:
        'Where people reach the PostgreSQL gateway, as host or host:port. none: the host of public_url, and postgres_port.',
      fallback: 'none',
    },
    'host:port | none',
    { matches: /^([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/, says: 'must be none, a host, or host:port' },
  ),
  gateway_tls_file: path({
    description:
      'PEM file with key and certificate of the gateways that speak TLS; the same on all nodes. Made at the first start, signed by itself, for the name in public_url.',
    fallback: inDataDir('gateway-tls.pem'),
    fallbackText: '{data_dir}/gateway-tls.pem',
  }),
  web_host: text(
    { description: `Address the gateway for web applications listens on. ${loopback}`, fallback: '127.0.0.1' },
    'address',
  ),
  web_port: integer(
    { description: 'Port of the gateway for web applications; 0 takes a free one.', fallback: 8472 },
    { min: 0, max: 65535 },
  ),
  web_domain: text(
    {
      description:
        'Applications are served on names below it, wiki.web.example.org of web.example.org; best a domain that nothing else is in, and never one public_url is in.',
      fallback: 'web.localhost',
    },
    'host name',
    {
      matches: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/,
      says: 'must be a host name in small letters, such as web.example.org',
    },
  ),
  web_public_port: integer(
    {
      description: 'Port at which people reach that gateway, where it is another than web_port; 0: it is web_port.',
      fallback: 0,
    },
    { min: 0, max: 65535 },
  ),
  web_tls_file: path({
    description:
      'PEM file with key and certificate for every name below web_domain; the same on all nodes. Made at the first start, signed by itself.',
    fallback: inDataDir('web-tls.pem'),
    fallbackText: '{data_dir}/web-tls.pem',
  }),
  web_allow_loopback: ranges({
    description:
      'Addresses of loopback at which web applications may be, for instance 127.0.0.1. Reeve itself is never reached there.',
    fallback: [],
    fallbackText: 'none',
  }),
  roles: choices(
    {
      description: 'What this node does: answer people and programs, run jobs, stand in the middle of sessions.',
      fallback: ['api', 'worker', 'gateway'],
    },
    ['api', 'worker', 'gateway'],
  ),
  health_listen: text(
    {
      description:
        'Where /healthz, /readyz and /metrics are answered, without the API and to whoever asks; none: not at all. Port 0 takes a free one.',
      fallback: 'none',
    },
    'none | address:port',
    { matches: /^(none|([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):\d{1,5})$/, says: 'must be none, or address:port' },
  ),
  worker_concurrency: integer({ description: 'Jobs this node runs at a time.', fallback: 4 }, { min: 1, max: 64 }),
  readings_at_once: integer(
    {
      description: 'Systems read at a time, over all nodes; as many again may be asked what changed on them.',
      fallback: 2,
    },
    { min: 1, max: 64 },
  ),
  stop_seconds: integer(
    { description: 'How long running calls, jobs and sessions may take to end when Reeve is stopped.', fallback: 10 },
    { min: 0, max: 600 },
  ),
  drain_seconds: integer(
    {
      description:
        'How long live sessions may go on once their gateway is told to stop; a second SIGTERM ends them at once.',
      fallback: (_at: Surroundings, read: (key: string) => unknown): number => Number(read('stop_seconds')),
      fallbackText: '{stop_seconds}',
    },
    { min: 0, max: 86_400 },
  ),
  log_level: choice({ description: 'How much is logged.', fallback: 'info' }, [
    'debug',
    'info',
    'warn',
    'error',
    'silent',
  ]),
  smtp_url: secretUrl(
    { description: 'The mail server, for instance smtps://user:password@mail.example.org. Not set: no mail is sent.' },
    ['smtp', 'smtps'],
  ),
  mail_from: text({ description: 'Sender of every mail.', fallback: 'reeve@localhost' }, 'mail address', {
    matches: /^[^\s@]+@[^\s@]+$/,
    says: 'must be a mail address',
  }),
  ticket_pattern: text(
    {
      description: 'How tickets that requests name are written: a regular expression for the whole of it.',
      fallback: '.+',
    },
    'regular expression, for instance (INC|CHG)-\\d+',
  ),
  ticket_url: text(
    {
      description: 'Where tickets are, with {ticket} in the place of its name; none: they are no links.',
      fallback: 'none',
    },
    'https://…{ticket} | none',
    { matches: /^(none|https?:\/\/\S*\{ticket\}\S*)$/, says: 'must be none, or an address with {ticket} in it' },
  ),
  outbound_allow: ranges({
    description:
      'Addresses beyond the public Internet to which webhooks may be sent and from which secrets may be imported, for instance 10.20.0.0/16. With 127.0.0.0/8 they may go to this machine, over http too.',
    fallback: [],
    fallbackText: 'none',
  }),
  recordings_dir: path({
    description: 'Where session recordings are written.',
    fallback: inDataDir('recordings'),
    fallbackText: '{data_dir}/recordings',
  }),
  recordings_s3: text(
    {
      description:
        'Bucket of S3-compatible storage that recordings are kept in, with a folder within it where wanted; none: they are in recordings_dir.',
      fallback: 'none',
    },
    'none | https://host/bucket/folder',
    { matches: /^(none|https?:\/\/[^\s/?#]+\/[^\s?#]+)$/, says: 'must be none, or an address that ends in a bucket' },
  ),
  recordings_s3_region: text({ description: 'Region of that bucket.', fallback: 'us-east-1' }, 'region'),
  recordings_s3_credentials_file: path({
    description: 'File of mode 0600 with the access key for it, as the AWS tools write it; read for every use.',
    fallback: inDataDir('s3-credentials'),
    fallbackText: '{data_dir}/s3-credentials',
  }),
  recording_wait_seconds: integer(
    {
      description:
        'How long a session is paused while the store of recordings does not take it, before it ends; 0 ends it at once.',
      fallback: 60,
    },
    { min: 0, max: 3600 },
  ),
  exchange_dir: path({
    description:
      'The one folder in which systems without an API put their files, each in a folder of its own, and are given orders.',
    fallback: inDataDir('exchange'),
    fallbackText: '{data_dir}/exchange',
  }),
  root_key_file: path({
    description: 'The key all other keys hang on. Made at the first start; keep a copy apart from the backups.',
    fallback: inDataDir('root.key'),
    fallbackText: '{data_dir}/root.key',
  }),
  pkcs11_module: text(
    {
      description: 'Library of the security module that keeps a root key; to be set before `reeve vault rekey pkcs11`.',
      fallback: 'none',
    },
    'none | /path/of/the/library.so',
    { matches: /^(none|\/\S+)$/, says: 'must be none, or the whole path of a library' },
  ),
  pkcs11_token: text({ description: 'Label of the token that keeps a root key.', fallback: 'reeve' }, 'label'),
  pkcs11_pin_file: path({
    description: 'File of mode 0600 with the user PIN of that token.',
    fallback: inDataDir('pkcs11.pin'),
    fallbackText: '{data_dir}/pkcs11.pin',
  }),
  aws_kms_key: text(
    {
      description: 'Key of AWS KMS that is a root key; to be set before `reeve vault rekey aws_kms`.',
      fallback: 'none',
    },
    'none | ARN of a key or alias',
    { matches: /^(none|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/\S+)$/, says: 'must be none, or an ARN' },
  ),
  aws_kms_credentials_file: path({
    description: 'File of mode 0600 with the access key for it, as the AWS tools write it; read for every use.',
    fallback: inDataDir('aws-credentials'),
    fallbackText: '{data_dir}/aws-credentials',
  }),
  aws_kms_endpoint: text({ description: 'VPC endpoint of AWS KMS.', fallback: 'none' }, 'none | https://…', {
    matches: /^(none|https:\/\/\S+)$/,
    says: 'must be none, or an address that begins with https://',
  }),
} as const;

/** Names of the environment that belong to the command line client or to us, not to the server's settings. */
export const OTHER_ENV: Readonly<Record<string, string>> = {
  REEVE_CONFIG: 'Path of the configuration file.',
  REEVE_URL: 'Server the command line talks to.',
  REEVE_TOKEN: 'Token the command line signs in with.',
  REEVE_CREDENTIALS: 'File in which the command line keeps its sign-in.',
};
