import { makeHostKey, startSshGateway, type GatewayLimits, type SshGateway } from '#gateways/ssh/index.ts';
import { FakePorts, type TargetFacts } from './fake-ports.ts';
import { newRawKey, RawClient, type RawKey } from './raw-client.ts';
import { nothingLeft } from './rig.ts';
import type { Sshd } from './sshd.ts';

const SUCCESS = 52;
const CONFIRM = 91;

/** One channel with a command, asked for by a client that says what it wants. */
export interface Visit {
  readonly client: RawClient;
  /** The gateway's number of the channel. */
  readonly remote: number;
  /** What came on the error stream: there the gateway speaks to the person. */
  told(): string;
  /** What came as output. */
  shown(): Buffer;
}

/** The gateway as a client without manners finds it, and one person whose key is known. */
export interface Door {
  readonly gateway: SshGateway;
  readonly ports: FakePorts;
  readonly person: RawKey;
  /** Up to the login. */
  reach(): Promise<RawClient>;
  /** Logged in as the person. */
  login(): Promise<RawClient>;
  /** Logged in, with a command asked for. `window` is what the client takes before it gives more. */
  visit(command?: string, window?: number): Promise<Visit>;
  /** Ends the clients of a test and sees that nothing is left of them. For `afterEach`. */
  leave(): Promise<void>;
  stop(): Promise<void>;
}

/** A target that is never reached, for what happens before it would be. */
export const NO_TARGET: TargetFacts = {
  host: '127.0.0.1',
  port: 1,
  pinned: [],
  username: 'root',
  secret: { password: Buffer.from('correct horse battery staple') },
};

/** What a ticket has to say of a real sshd. */
export const factsOf = (sshd: Sshd): TargetFacts => ({
  host: '127.0.0.1',
  port: sshd.port,
  pinned: [sshd.hostFingerprint],
  username: sshd.user,
  secret: { privateKey: sshd.privateKey },
});

export async function startDoor(target: TargetFacts, limits: Partial<GatewayLimits> = {}): Promise<Door> {
  const person = newRawKey();
  const ports = new FakePorts(target);
  ports.known.set(person.fingerprint, 'identity-1');
  const gateway = await startSshGateway({ hostKey: makeHostKey(), limits }, ports);
  const clients: RawClient[] = [];
  const reach = async (): Promise<RawClient> => {
    const client = new RawClient();
    clients.push(client);
    await client.reach(gateway.address.port);
    return client;
  };
  const login = async (): Promise<RawClient> => {
    const client = await reach();
    client.signIn('root%web1', person);
    await client.waitFor(SUCCESS);
    return client;
  };
  return {
    gateway,
    ports,
    person,
    reach,
    login,
    visit: async (command = 'id', window = 2 * 1024 * 1024) => {
      const client = await login();
      client.openSession(0, window);
      const remote = (await client.waitFor(CONFIRM))?.readUInt32BE(5) ?? 0;
      client.exec(remote, command);
      const all = (type: number, from: number): Buffer =>
        Buffer.concat(client.received.filter((p) => p[0] === type).map((p) => p.subarray(from)));
      return { client, remote, told: () => all(95, 13).toString(), shown: () => all(94, 9) };
    },
    leave: async () => {
      for (const client of clients.splice(0)) client.end();
      await nothingLeft(gateway, ports);
    },
    stop: () => gateway.stop(0),
  };
}
