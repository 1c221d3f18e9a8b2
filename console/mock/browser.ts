import { chromium, type Browser } from 'playwright-core';
import { mockServer } from './server.ts';

/** A mock Reeve serving the build, and a Chromium to look at it with. Both are gone when `work` is done. */
export const withBrowser = async (work: (browser: Browser, origin: string) => Promise<void>): Promise<void> => {
  const server = mockServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    await work(browser, `http://localhost:${String(port)}`);
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
};
