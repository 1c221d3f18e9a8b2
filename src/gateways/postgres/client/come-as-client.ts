import { loadModule } from 'libpg-query';
import {
  BROWSER_NAME,
  catalogueStatement,
  NotLetIn,
  pinOfCertificate,
  type DatabaseClient,
  type DatabaseLogin,
} from '../../database/index.ts';
import { dialTarget, type TargetLine } from '../relay/dial-target.ts';
import { cancelMessage, startupMessage } from '../wire/startup.ts';
import { ClientSession } from './client-session.ts';

const REACH = { targetMs: 15_000 };
/** A session may need somebody's word before it begins to flow, but its login may not. */
const LOGIN_MS = 30_000;

/**
 * Comes to a PostgreSQL gateway of Reeve as a client of it, so that all it enforces holds for what is run through here.
 * Throws NotLetIn where it is not reached, shows another certificate, or does not let in.
 */
export async function comeToPostgres(login: DatabaseLogin): Promise<DatabaseClient> {
  await loadModule();
  const { stream } = await dial(login);
  const session = new ClientSession(stream, login.password);
  const late = setTimeout(() => session.lost('the gateway did not let in in time'), LOGIN_MS);
  try {
    stream.write(
      startupMessage(
        new Map([
          ['user', login.loginName],
          ['database', login.database],
          ['application_name', BROWSER_NAME],
          ['client_encoding', 'UTF8'],
        ]),
      ),
    );
    await session.ready;
  } finally {
    clearTimeout(late);
  }
  return {
    get transaction() {
      return session.transaction;
    },
    run: (text, limits, on) => session.run(text, limits, on),
    cancel: async () => {
      // the key goes over TLS as everything else does
      const line = await dial(login);
      line.stream.end(cancelMessage(session.key.pid, session.key.secret));
      line.stream.resume();
      setTimeout(() => line.stream.destroy(), REACH.targetMs).unref();
    },
    catalogue: (of) => catalogueStatement(of, quoted),
    said: (take) => session.said(take),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    over: session.over,
    close: () => session.leave(),
  };
}

/** Read alike whether strings take backslashes or not. */
const quoted = (text: string): string => {
  const inside = text.replaceAll("'", "''");
  return text.includes('\\') ? `E'${inside.replaceAll('\\', '\\\\')}'` : `'${inside}'`;
};

async function dial({ host, port, certificate }: DatabaseLogin): Promise<TargetLine> {
  try {
    const pinned = [pinOfCertificate(certificate)];
    return await dialTarget({ host, port, pinned, systemName: 'the gateway' }, REACH, new AbortController().signal);
  } catch (error) {
    throw new NotLetIn(error instanceof Error ? error.message : 'the gateway could not be reached');
  }
}
