import { startRig } from '#test/ssh-rig/rig.ts';
import { findSshd, startSshd } from '#test/ssh-rig/sshd.ts';
import { freePort } from '#lab/loopback.ts';
import { gatewayConformance } from '../conformance.ts';

gatewayConformance('the SSH gateway', async () => {
  const program = findSshd();
  if (program === undefined) return { skip: 'no sshd on this machine (apt-get install openssh-server)' };
  const sshd = await startSshd(program);
  const rig = await startRig(sshd);
  const ports = { reach: sshd.port, listen: await freePort(), local: await freePort() };
  rig.ports.allowForwarding = [`127.0.0.1:${ports.reach}`];
  rig.ports.allowListening = [ports.listen];
  return {
    direct: rig.options('direct'),
    gateway: rig.options('gateway'),
    ports,
    stop: async () => {
      await rig.stop();
      await sshd.stop();
    },
  };
});
