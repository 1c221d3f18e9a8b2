import { startRig } from '#test/ssh-rig/rig.ts';
import { findSshd, startSshd } from '#test/ssh-rig/sshd.ts';
import { gatewayConformance } from '../conformance.ts';

gatewayConformance('the SSH gateway', async () => {
  const program = findSshd();
  if (program === undefined) return { skip: 'no sshd on this machine (apt-get install openssh-server)' };
  const sshd = await startSshd(program);
  const rig = await startRig(sshd);
  return {
    direct: rig.options('direct'),
    gateway: rig.options('gateway'),
    stop: async () => {
      await rig.stop();
      await sshd.stop();
    },
  };
});
