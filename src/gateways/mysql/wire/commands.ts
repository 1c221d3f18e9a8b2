/** What a client may begin with, by the first byte of a command. */
export const COMMAND = {
  quit: 0x01,
  initDb: 0x02,
  query: 0x03,
  fieldList: 0x04,
  statistics: 0x09,
  processKill: 0x0c,
  ping: 0x0e,
  prepare: 0x16,
  execute: 0x17,
  sendLongData: 0x18,
  closeStatement: 0x19,
  resetStatement: 0x1a,
  setOption: 0x1b,
  fetch: 0x1c,
  resetConnection: 0x1f,
} as const;

export type Command = (typeof COMMAND)[keyof typeof COMMAND];

const KNOWN: ReadonlySet<number> = new Set(Object.values(COMMAND));

/** Everything else is refused: replication, shutting down, becoming another user (`COM_CHANGE_USER`), bulk forms of MariaDB's. */
export const isCommand = (byte: number | undefined): byte is Command => byte !== undefined && KNOWN.has(byte);
