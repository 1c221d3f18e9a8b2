/** MariaDB servers. See README.md for the native ids, the settings and what the management account needs. */
import { inTurn, type Change, type Connector, type Reading, type ReadingPiece, type Target } from '../port.ts';
import { factsAbout } from './change/account-facts.ts';
import { carryOut } from './change/carry-out.ts';
import { checkChange, planChange, type Plan } from './change/plan-change.ts';
import { proveLogin } from './change/prove-login.ts';
import { mysqlDependants } from './dependants.ts';
import { inspectServer } from './inspect/index.ts';
import { isolationOver } from './isolation.ts';
import { parseAccount, type Who } from './names.ts';
import { takeFingerprint } from './read/fingerprint.ts';
import { grantTables } from './read/grant-tables.ts';
import { findOne, readOne } from './read/read-one.ts';
import { rowsOf } from './read/read-rows.ts';
import { ChangedMeanwhile, readPieces } from './read/read-pieces.ts';
import { packMark, unpackMark, unpackResume } from './read/resume.ts';
import { temporaryOver } from './temporary-accounts.ts';
import { mysqlSettings, settingsOf, type MysqlSettings } from './settings.ts';
import { openLine } from './wire/open-line.ts';
import { currentAccount, openSession, type Login, type Session } from './wire/session.ts';

export const mysqlConnector: Connector = {
  kind: 'mysql',
  settings: mysqlSettings,
  credentials: ['password'],

  async probe(target) {
    if (target.pinned.length === 0) {
      const { packets, pin, version } = await openLine(addressOf(target, settingsOf(target)));
      packets.destroy();
      return { pins: [pin], version, proved: false };
    }
    return withSession(target, async (session) => ({
      pins: target.pinned,
      version: `MariaDB ${session.version}`,
      proved: true,
    }));
  },

  read: (target) =>
    withSession(target, async (session, settings) => {
      // Rights that change while they are read are read again; on a server where they never rest, this is given up.
      for (let round = 1; ; round += 1) {
        try {
          return await gather(readPieces(session, settings));
        } catch (error) {
          if (!(error instanceof ChangedMeanwhile) || round === 3) throw error;
        }
      }
    }),

  async *readInPieces(target, from) {
    const settings = settingsOf(target);
    const resume = from === undefined ? undefined : unpackResume(from);
    const session = await openSession(loginOf(target));
    try {
      yield* readPieces(session, settings, resume);
    } finally {
      session.close();
    }
  },

  readChanges: (target, since) =>
    withSession(target, async (session, settings) => {
      const mark = unpackMark(since);
      if (!mark) return undefined;
      const now = await takeFingerprint(session, grantTables(session), settings, mark.salt);
      if (now.sum !== mark.sum) return undefined;
      return {
        accounts: [],
        goneAccounts: [],
        entitlements: [],
        goneEntitlements: [],
        holdingsOf: [],
        holdersOf: [],
        mark: packMark(mark),
      };
    }),

  readAccount: (target, account) => {
    const who = parseAccount(account);
    return withSession(target, (session) => readOne(session, who));
  },

  together: (target, work) =>
    withSession(target, (session, settings) =>
      work(
        inTurn({
          readAccount: async (account) => readOne(session, parseAccount(account)),
          apply: (change) => applyOn(session, settings, change),
        }),
      ),
    ),

  async preview(target, change) {
    const who = checkChange(change);
    return withSession(target, async (session, settings) => {
      const { summary, needed } = await plan(session, settings, who, change);
      return { summary, needed };
    });
  },

  async apply(target, change) {
    checkChange(change);
    return withSession(target, (session, settings) => applyOn(session, settings, change));
  },

  verify: async (target, credential) => {
    const who = parseAccount(credential.username);
    return proveLogin({ ...loginOf(target), user: who.user, credential }, who, (act) => withSession(target, act));
  },

  rows: rowsOf(loginOf),

  inspect: (target, limits) =>
    withSession(target, async (session) =>
      inspectServer(session, (await mysqlConnector.read(target)).accounts, limits),
    ),
  dependants: mysqlDependants((target, act) => withSession(target, (session) => act(session))),
  temporary: temporaryOver((target, work) =>
    withSession(target, (session, settings) => work(session, (change) => applyOn(session, settings, change))),
  ),
  isolation: isolationOver((target) => openSession(loginOf(target))),
};

const addressOf = (target: Target, settings: MysqlSettings): Login['address'] => ({
  host: target.host,
  port: target.port,
  connectMs: settings.connectSeconds * 1000,
});

function loginOf(target: Target): Login {
  const settings = settingsOf(target);
  return {
    address: addressOf(target, settings),
    user: parseAccount(target.credential.username).user,
    credential: target.credential,
    pinned: target.pinned,
    statementMs: settings.timeoutSeconds * 1000,
  };
}

async function withSession<Result>(
  target: Target,
  act: (session: Session, settings: MysqlSettings) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(loginOf(target));
  try {
    return await act(session, settingsOf(target));
  } finally {
    session.close();
  }
}

async function applyOn(session: Session, settings: MysqlSettings, change: Change): Promise<{ changed: boolean }> {
  const made = await plan(session, settings, checkChange(change), change);
  if (made.needed || made.afterwards !== undefined) await carryOut(session, made);
  return { changed: made.needed };
}

async function plan(session: Session, settings: MysqlSettings, who: Who, change: Change): Promise<Plan> {
  const { known, one } = await findOne(session, who);
  return planChange(
    {
      at: session.at,
      management: await currentAccount(session),
      settings,
      known,
      facts: one ? await factsAbout(session, who, change) : { sessions: [], actsThrough: [] },
      ...(one ? { one } : {}),
    },
    change,
  );
}

type Mutable = { -readonly [Key in keyof Reading]: Reading[Key] extends readonly (infer Row)[] ? Row[] : Reading[Key] };

async function gather(pieces: AsyncIterable<ReadingPiece>): Promise<Reading> {
  const whole = { accounts: [], entitlements: [], holdings: [], nesting: [] } as Mutable;
  for await (const piece of pieces) {
    for (const row of piece.accounts ?? []) whole.accounts.push(row);
    for (const row of piece.entitlements ?? []) whole.entitlements.push(row);
    for (const row of piece.holdings ?? []) whole.holdings.push(row);
    for (const row of piece.nesting ?? []) whole.nesting.push(row);
    if (piece.whole?.mark !== undefined) whole.mark = piece.whole.mark;
  }
  return whole;
}
