import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { loopbackRanges, refuseAddress } from '#gateways/http/relay/judge-address.ts';
import { nothingLeft, startHttpRig } from '#test/http-rig/rig.ts';

/** Attacks 17 and K21: no system leads to loopback, link-local, the metadata of a cloud, or Reeve itself. */
const own = (allowed: readonly string[], ports: readonly number[] = []) => ({
  loopback: loopbackRanges(allowed),
  ownPorts: new Set(ports),
});

it('addresses that only this machine or its network answers are refused, however they are written', () => {
  for (const address of [
    '127.0.0.1',
    '127.8.9.1',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::7f00:1',
    '0.0.0.0',
    '::',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '224.0.0.1',
    '255.255.255.255',
    'ff02::1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '168.63.129.16',
    '100.100.100.200',
    'localhost',
    '2130706433',
    '',
  ])
    expect(refuseAddress(address, 443, own([])), address).toBeDefined();
  for (const address of ['10.1.2.3', '192.168.1.9', '203.0.113.7', '2001:db8::7', 'fd12:3456::1', '::ffff:10.1.2.3'])
    expect(refuseAddress(address, 443, own([])), address).toBeUndefined();
});

it('loopback is open where a house says so, and Reeve itself never is', () => {
  expect(refuseAddress('127.0.0.1', 3000, own(['127.0.0.1']))).toBeUndefined();
  expect(refuseAddress('127.0.0.2', 3000, own(['127.0.0.1']))).toContain('web_allow_loopback');
  expect(refuseAddress('169.254.169.254', 80, own(['169.254.0.0/16', '0.0.0.0/0']))).toBeDefined();
  expect(refuseAddress('127.0.0.1', 8470, own(['127.0.0.0/8'], [8470]))).toBe('is Reeve itself');
  const ours = Object.values(networkInterfaces())
    .flat()
    .map((one) => one?.address ?? '')
    .filter((address) => address.includes('.') && !address.startsWith('127.') && !address.startsWith('169.254.'));
  for (const address of ours) expect(refuseAddress(address, 8470, own([], [8470])), address).toBe('is Reeve itself');
});

it('a system at such an address is served by nobody, and hears nothing', async () => {
  const closed = await startHttpRig({ allowLoopback: [] });
  const itself = await startHttpRig({ ownPorts: ({ port }) => [port] });
  try {
    for (const rig of [closed, itself]) {
      for (const host of ['127.0.0.1', 'localhost', '0177.0.0.1', '2130706433', '::ffff:127.0.0.1']) {
        rig.ports.inner.target = { ...rig.ports.inner.target, host };
        const ran = await rig.curl(rig.password(), '/text', '-w', '%{http_code}');
        expect(ran.stdout.toString(), host).toMatch(/502$/);
      }
      expect(rig.application.sockets.size).toBe(0);
      expect(rig.application.got).toEqual([]);
      expect(rig.ports.inner.sessions[0]?.events[0]?.detail).toContain('nothing was sent to it');
      await nothingLeft(rig);
    }
    itself.ports.inner.target = { ...itself.ports.inner.target, host: '127.0.0.1', port: itself.gateway.address.port };
    expect((await itself.curl(itself.password(), '/text')).stdout.toString()).toContain('is Reeve itself');
    await nothingLeft(itself);
  } finally {
    await closed.stop();
    await itself.stop();
  }
});
