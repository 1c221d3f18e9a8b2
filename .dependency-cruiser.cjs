/** The import rules of docs/explanation/architecture.md, "What may lean on what". A rule that has to bend gets a decision record. */
const inside = (folder) => `^src/${folder}/`;
const tests =
  '\\.test\\.ts$|/conformance\\.ts$|/testing(/|\\.ts$)|/reference/|/random-world\\.ts$|^test/|^bench/|^lab/|^tools/';
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'kit-knows-nothing-of-identity',
      severity: 'error',
      from: { path: inside('kit'), pathNot: tests },
      to: { path: '^src/(?!kit/)' },
    },
    {
      name: 'spine-leans-on-kit-only',
      severity: 'error',
      from: { path: inside('spine'), pathNot: tests },
      to: { path: '^src/(?!kit/|spine/)' },
    },
    {
      name: 'govern-never-imports-guard',
      severity: 'error',
      from: { path: inside('govern'), pathNot: tests },
      to: { path: '^src/(guard|platform|gateways|surfaces)/' },
    },
    {
      name: 'guard-never-imports-govern',
      severity: 'error',
      from: { path: inside('guard'), pathNot: tests },
      to: { path: '^src/(govern|platform|surfaces)/' },
    },
    {
      name: 'platform-stands-alone',
      severity: 'error',
      from: { path: inside('platform'), pathNot: tests },
      to: { path: '^src/(govern|guard|connectors|gateways|surfaces)/' },
    },
    {
      name: 'wings-know-the-ports-only',
      severity: 'error',
      from: { path: '^src/(govern|guard)/', pathNot: tests },
      to: { path: '^src/(connectors|gateways)/(?!port\\.ts$)' },
    },
    {
      name: 'edges-know-port-and-kit',
      severity: 'error',
      from: { path: '^src/(connectors|gateways)/([^/]+)/', pathNot: tests },
      to: {
        path: '^src/',
        pathNot: ['^src/kit/', '^src/$1/port\\.ts$', '^src/$1/$2/', '^src/$1/database/index\\.ts$'],
      },
    },
    {
      name: 'surfaces-do-not-reach-edges',
      severity: 'error',
      from: { path: inside('surfaces'), pathNot: tests },
      to: { path: '^src/(connectors|gateways)/' },
    },
    { name: 'nobody-imports-main', severity: 'error', from: {}, to: { path: '^src/main\\.ts$' } },
    {
      name: 'enter-by-the-front-door',
      severity: 'error',
      comment:
        'A module is entered through its index.ts (or the ports of edges and decide, the operations contract and the event type).',
      from: { path: '^src/([^/]+)/([^/]+)/', pathNot: tests },
      to: {
        path: '^src/[^/]+/[^/]+/.+',
        pathNot: ['^src/$1/$2/', '/index\\.ts$', '^src/spine/(decide/port|operations/contract|audit/event-type)\\.ts$'],
      },
    },
    {
      name: 'driver-lives-in-kit-db',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/kit/db/', '^src/connectors/postgres/client\\.ts$', '^src/kit/testing/', tests],
      },
      to: { path: 'node_modules/pg/' },
    },
    {
      name: 'ssh2-has-two-owners',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/gateways/ssh/', '^src/connectors/linux/', tests] },
      to: { path: 'node_modules/ssh2/' },
    },
    {
      name: 'ldapts-has-one-owner',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/kit/ldap/encode-request\\.ts$'] },
      to: { path: 'node_modules/ldapts/' },
    },
    {
      name: 'noble-has-one-owner',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/kit/mysql-proofs/proofs\\.ts$'] },
      to: { path: 'node_modules/@noble/' },
    },
    {
      name: 'ciphers-live-in-kit-crypto',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/kit/(crypto|ids|mysql-proofs|ssh-certificates|x509)/',
          '^src/(gateways|connectors)/',
          '^src/guard/sessions/recording/',
          tests,
        ],
      },
      to: { path: '^(node:)?crypto$' },
    },
    {
      name: 'no-child-processes',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/surfaces/cli/',
          '^src/kit/db/embedded/',
          // A vendor's library may crash the process it is in.
          '^src/kit/crypto/root-keys/pkcs11\\.ts$',
          '^src/kit/testing/',
          tests,
        ],
      },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'console-sees-the-contract-only',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^(src|lab|test|tools|db)/' },
    },
    {
      name: 'no-development-tools-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: tests + '|^src/kit/testing/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
