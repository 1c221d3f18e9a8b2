import { TOTP } from 'otpauth';

/** Prints the one-time code that somebody's phone would show now: `npx tsx lab/demo/code.ts SECRET`. */
const secret = process.argv[2];
if (secret === undefined || !/^[A-Z2-7]+$/.test(secret)) {
  console.error('give the secret that the demo printed');
  process.exitCode = 2;
} else console.log(new TOTP({ secret, period: 30, digits: 6 }).generate());
