import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aSecondMs } from '#kit/testing/index.ts';
import { frame, nothingLeft, startHttpRig, upgradeTo, type HttpRig, type RawHttp } from '#test/http-rig/rig.ts';
import { until } from '#test/ssh-rig/run-program.ts';

/** What somebody in charge orders of a session, and its end: kill, pause, resume, message, recording that fails, disuse. */
let rig: HttpRig;
const open: RawHttp[] = [];
beforeAll(async () => {
  rig = await startHttpRig();
});
afterEach(async () => {
  rig.ports.inner.beginsPaused = undefined;
  for (const one of open.splice(0)) one.end();
  await nothingLeft(rig);
});
afterAll(() => rig?.stop());

const reach = async (): Promise<RawHttp> => {
  const one = await rig.raw();
  open.push(one);
  return one;
};
const get = (path: string, password: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${rig.host}\r\nReeve-Password: ${password}\r\n${more}\r\n`;
const session = () => rig.ports.inner.last();

describe('the kill switch', () => {
  it('cuts a stream, an upload and a WebSocket within a second, and nothing of the session opens again', async () => {
    const password = rig.password();
    const [stream, upload, socket] = await Promise.all([reach(), reach(), reach()]);
    stream.say(get('/events', password));
    await stream.hears('data: tick');
    upload.say(
      `POST /echo HTTP/1.1\r\nHost: ${rig.host}\r\nReeve-Password: ${password}\r\nContent-Length: 1000000\r\n\r\nbegun`,
    );
    socket.say(upgradeTo(rig, '/ws', password));
    await socket.hears('101 Switching');
    await until(() => rig.gateway.metrics.requestsOpen === 2, 'the upload to be under way');
    const began = performance.now();
    session().kill('access ended: moved team');
    await Promise.all([stream.ends(), upload.ends(), socket.ends()]);
    expect(performance.now() - began).toBeLessThan(aSecondMs());
    expect(upload.text).toContain('access ended: moved team');
    await session().whenEnded;
    expect(session().ended).toMatchObject([{ reason: 'killed: access ended: moved team' }]);
    expect(session().recorder.all.map(({ ended }) => ended?.error?.message)).toEqual(
      Array(3).fill('access ended: moved team'),
    );
    await until(() => rig.application.sockets.size === 0, 'the application to be left alone', 2_000);
    const again = await rig.curl(password, '/text', '-w', '%{http_code}');
    expect(again.stdout.toString()).toContain('access ended: moved team');
    expect(again.stdout.toString()).toMatch(/401$/);
  });

  it('ends a session that has nothing under way, with the cookie that names it', async () => {
    const password = rig.password();
    await rig.curl(password, '/text');
    session().kill('locked');
    await session().whenEnded;
    expect(rig.gateway.metrics.sessionsOpen).toBe(0);
  });

  it('ends a session whose recording fails, and records nothing unrecorded before', async () => {
    const password = rig.password();
    const stream = await reach();
    stream.say(get('/events', password));
    await stream.hears('data: tick');
    const { recorder } = session();
    recorder.stalled = true;
    const before = rig.application.got.length;
    const waiting = await reach();
    waiting.say(get('/text', password));
    await until(() => rig.gateway.metrics.recorderWaits > 0, 'the request to wait for the record');
    expect(rig.application.got.length).toBe(before);
    recorder.release();
    await waiting.hears('Larkspur');
    recorder.break();
    await stream.ends();
    expect((await session().whenEnded, session().ended)).toMatchObject([{ reason: 'recording failed' }]);
  });
});

describe('a pause', () => {
  it('holds what flows, answers what is new with 503 and its sentence, and all goes on after it', async () => {
    const password = rig.password();
    const [stream, socket] = await Promise.all([reach(), reach()]);
    stream.say(get('/events', password));
    await stream.hears('data: tick');
    socket.say(upgradeTo(rig, '/ws', password));
    await socket.hears('101 Switching');
    session().order('pause', 'paused by who is in charge: we look at something');
    const refused = await rig.curl(password, '/echo', '-i');
    expect(refused.stdout.toString()).toContain('HTTP/1.1 503');
    expect(refused.stdout.toString()).toMatch(/retry-after: 5/i);
    expect(refused.stdout.toString()).toContain('we look at something');
    socket.say(frame('said meanwhile'));
    const held = stream.said.length;
    // a refused request takes longer than many ticks of the stream
    await rig.curl(password, '/text');
    expect(stream.said.length).toBe(held);
    expect(socket.text).not.toContain('said meanwhile');
    session().order('resume', 'it goes on');
    await socket.hears('said meanwhile');
    await until(() => stream.said.length > held, 'the stream to go on');
    expect((await rig.curl(password, '/text')).stdout.toString()).toContain('Larkspur');
  });

  it('holds an answer that begins in it, its headers too', async () => {
    const password = rig.password();
    let answer = (): void => {};
    rig.application.more.set('/later', (_request, response) => {
      answer = () => void response.writeHead(302, { location: '/told' }).end();
    });
    const asked = await reach();
    asked.say(get('/later', password));
    await until(() => rig.application.got.at(-1)?.url === '/later', 'the application to be asked');
    session().order('pause', 'paused meanwhile');
    answer();
    // a refused request takes longer than an answer that is there
    for (let n = 0; n < 3; n += 1) await rig.curl(password, '/text');
    expect(asked.text).toBe('');
    session().order('resume', 'it goes on');
    await asked.hears('/told');
  });

  it('at the beginning lets nothing reach the application, and the session can still be ended', async () => {
    rig.ports.inner.beginsPaused = 'waits for somebody who observes it';
    const password = rig.password();
    const before = rig.application.got.length;
    expect((await rig.curl(password, '/echo')).stdout.toString()).toContain('waits for somebody who observes it');
    expect(rig.application.got.length).toBe(before);
    session().kill('nobody came');
    await session().whenEnded;
  });

  it('holds a request that waited for the record when it came', async () => {
    const password = rig.password();
    await rig.curl(password, '/text');
    const { recorder } = session();
    recorder.stalled = true;
    const waiting = await reach();
    const [before, waits] = [rig.application.got.length, rig.gateway.metrics.recorderWaits];
    waiting.say(get('/echo', password));
    await until(() => rig.gateway.metrics.recorderWaits > waits, 'the request to wait for the record');
    session().order('pause', 'paused meanwhile');
    recorder.release();
    await waiting.hears('paused meanwhile');
    expect(rig.application.got.length).toBe(before);
  });

  it('a message comes with the next answer, once', async () => {
    const password = rig.password();
    await rig.curl(password, '/text');
    session().order('message', 'please finish by noon\r\nSet-Cookie: a=b');
    const told = (await rig.curl(password, '/text', '-I')).stdout.toString();
    expect(told).toContain('Reeve-Notice: please finish by noon??Set-Cookie: a=b');
    expect((await rig.curl(password, '/text', '-I')).stdout.toString()).not.toContain('Reeve-Notice');
  });
});

describe('a session by itself', () => {
  it('ends when nobody uses it, and not while something is under way', async () => {
    const other = await startHttpRig({ limits: { idleMs: 150 } });
    try {
      const password = other.password();
      const stream = await other.raw();
      stream.say(`GET /events HTTP/1.1\r\nHost: ${other.host}\r\nReeve-Password: ${password}\r\n\r\n`);
      await stream.hears('data: begun');
      await until(() => stream.text.split('data: tick').length > 15, 'twice the limit to go by');
      expect(other.ports.inner.last().ended).toEqual([]);
      stream.end();
      await until(() => other.ports.inner.last().ended.length === 1, 'the session to end', 3_000);
      expect(other.ports.inner.last().ended).toMatchObject([{ reason: 'not used' }]);
      await nothingLeft(other);
    } finally {
      await other.stop();
    }
  });

  it('is waited for with half a request no longer than is set, and hears no more of an application than it asked for', async () => {
    const other = await startHttpRig({ limits: { headersMs: 100 } });
    try {
      const password = other.password();
      const slow = await other.raw();
      slow.say(`GET /text HTTP/1.1\r\nHost: ${other.host}\r\nReeve-Password: ${password}\r\n\r\n`);
      await slow.hears('Larkspur');
      slow.say('GET /text HTTP/1.1\r\nHost: ');
      await slow.ends();
      other.application.more.set('/more', (_request, response) => {
        for (let n = 0; n < 100; n += 1) response.writeContinue();
        response.end('enough');
      });
      expect((await other.curl(password, '/more', '-i')).stdout.toString()).not.toContain('100 Continue');
      await nothingLeft(other);
    } finally {
      await other.stop();
    }
  });

  it('an upload goes as fast as the application takes it, and no faster', async () => {
    const password = rig.password();
    rig.application.more.set('/slow-taker', (request, response) => {
      request.pause();
      const timer = setInterval(() => request.resume().pause(), 50);
      response.on('close', () => clearInterval(timer));
    });
    const upload = await reach();
    upload.say(
      `POST /slow-taker HTTP/1.1\r\nHost: ${rig.host}\r\nReeve-Password: ${password}\r\nContent-Length: 200000000\r\n\r\n`,
    );
    const chunk = Buffer.alloc(1024 * 1024);
    for (let n = 0; n < 40; n += 1) upload.say(chunk);
    await until(
      () => rig.gateway.metrics.requestsOpen === 1 && upload.socket.writableLength > 20 * 1024 * 1024,
      'the sender to wait',
    );
    expect(rig.gateway.metrics.bytesIn).toBeLessThan(30 * 1024 * 1024);
  });
});
