/** Capability flags of the MySQL protocol, by the names of its documentation. */
export const CAN = {
  longPassword: 0x1,
  foundRows: 0x2,
  longFlag: 0x4,
  connectWithDatabase: 0x8,
  odbc: 0x40,
  ignoreSpace: 0x100,
  protocol41: 0x200,
  interactive: 0x400,
  tls: 0x800,
  transactions: 0x2000,
  secureConnection: 0x8000,
  multiStatements: 0x10000,
  multiResults: 0x20000,
  multiResultsOfPrepared: 0x40000,
  pluginAuth: 0x80000,
  attributes: 0x100000,
  longAuthData: 0x200000,
  sessionTrack: 0x800000,
} as const;

const all = (...flags: readonly number[]): number => flags.reduce((sum, one) => (sum | one) >>> 0, 0);

/**
 * What the gateway offers. Not among it, so that nobody can ask for it: compression (what is audited must be what is
 * read), reading files of the client's (`LOAD DATA LOCAL`), attributes of queries, answers without their end, and
 * everything MariaDB has beyond.
 */
export const OFFERED = all(...Object.values(CAN));

/** What the target is told where the client asked for it: it changes how statements run or are answered. */
const PASSED_ON = all(
  CAN.foundRows,
  CAN.odbc,
  CAN.ignoreSpace,
  CAN.interactive,
  CAN.multiStatements,
  CAN.multiResults,
  CAN.multiResultsOfPrepared,
  CAN.sessionTrack,
);
/** What the gateway itself says to each target. */
const ALWAYS = all(
  CAN.longPassword,
  CAN.longFlag,
  CAN.protocol41,
  CAN.tls,
  CAN.transactions,
  CAN.secureConnection,
  CAN.pluginAuth,
);

/** The flags by which a target is logged in to for a client of these. */
export const towardsTarget = (ofClient: number): number => all(ALWAYS, ofClient & PASSED_ON);

/** Bits of the status that ends an answer. */
export const STATUS = { autocommit: 0x2, moreResults: 0x8, cursorExists: 0x40, stateChanged: 0x4000 } as const;
