import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { personOf } from '#lab/reeve/person.ts';
import type { Actor } from '#lab/demo/cast.ts';

/** Debian's Chromium, without a network of its own. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
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

/** A window of somebody who is signed in already. */
export async function windowOf(browser: Browser, url: string, actor: Actor): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1360, height: 850 } });
  await context.addCookies([{ name: 'reeve_session', value: actor.cookie, url, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}

/** Gives a window a passkey device that says yes: CTAP2, resident keys, user verification. */
export async function withPasskeys(context: BrowserContext, page: Page): Promise<void> {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** Follows the one-time link in the console, makes a passkey, signs out and signs in again with it. */
export async function enrolWithPasskey(browser: Browser, url: string, token: string): Promise<Actor> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1360, height: 850 } });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await withPasskeys(context, page);
  await page.goto(`/setup#token=${token}`);
  await page.getByLabel('Your name').fill('First Administrator');
  await page.getByLabel('User name').fill('first-administrator');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page
    .getByRole('button', { name: /passkey/i })
    .first()
    .click();
  await page.waitForURL('**/');
  await page.request.post('/v1/signin/out', { headers: { 'x-reeve-csrf': '1' }, data: {} });
  await page.goto('/signin');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL((to) => to.pathname === '/');
  const cookie = (await context.cookies()).find((c) => c.name === 'reeve_session')?.value ?? '';
  const me = (await (await page.request.get('/v1/me')).json()) as { id: string };
  await context.close();
  return { ...personOf(url, me.id, cookie), username: 'first-administrator', password: '', totpSecret: '' };
}
