export { mountBrowser } from './mount-browser.ts';
export type { BrowserParts } from './port.ts';
