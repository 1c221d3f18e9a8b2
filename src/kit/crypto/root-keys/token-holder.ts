import { createRequire } from 'node:module';
import type * as Pkcs11 from 'pkcs11js';
import { randomSecret } from '../seal.ts';
import type { TokenAnswer, TokenAsk, TokenStart } from './token-settings.ts';

/**
 * The process that speaks to a token: a library of a vendor may take its time, stand still or crash, and nothing else of
 * Reeve may. It ends with the process that started it. The root key is an AES key that was made in the token, sensitive
 * and not extractable; what is wrapped goes in and comes out by AES-GCM (CKM_AES_GCM), with the context as associated
 * data.
 */
const NONCE = 12;
const TAG = 16;
const LOOK_MS = 250;

const lib = createRequire(import.meta.url)('pkcs11js') as typeof Pkcs11;
const p11 = new lib.PKCS11();
let session: Buffer;
let slot: Buffer;
let key: Buffer | undefined;
let token = '';

const codeOf = (error: unknown): number => Number((error as { code?: unknown }).code ?? -1);
const say = (answer: TokenAnswer): void => void process.send?.(answer);
const label = (id: string): string => `reeve root key ${id}`;

function start({ module, pin, ...named }: TokenStart): void {
  token = named.token;
  p11.load(module);
  p11.C_Initialize({ flags: lib.CKF_OS_LOCKING_OK });
  const found = p11.C_GetSlotList(true).find((one) => p11.C_GetTokenInfo(one).label.replace(/[\0 ]+$/, '') === token);
  if (found === undefined) throw new Error(`there is no token labelled ${token}`);
  slot = found;
  session = p11.C_OpenSession(slot, lib.CKF_SERIAL_SESSION | lib.CKF_RW_SESSION);
  p11.C_Login(session, lib.CKU_USER, pin);
}

function find(id: string): Buffer | undefined {
  p11.C_FindObjectsInit(session, [
    { type: lib.CKA_CLASS, value: lib.CKO_SECRET_KEY },
    { type: lib.CKA_LABEL, value: label(id) },
  ]);
  try {
    return p11.C_FindObjects(session) ?? undefined;
  } finally {
    p11.C_FindObjectsFinal(session);
  }
}

function make(id: string): Buffer {
  return p11.C_GenerateKey(session, { mechanism: lib.CKM_AES_KEY_GEN }, [
    { type: lib.CKA_CLASS, value: lib.CKO_SECRET_KEY },
    { type: lib.CKA_KEY_TYPE, value: lib.CKK_AES },
    { type: lib.CKA_VALUE_LEN, value: 32 },
    { type: lib.CKA_LABEL, value: label(id) },
    { type: lib.CKA_TOKEN, value: true },
    { type: lib.CKA_PRIVATE, value: true },
    { type: lib.CKA_SENSITIVE, value: true },
    { type: lib.CKA_EXTRACTABLE, value: false },
    { type: lib.CKA_ENCRYPT, value: true },
    { type: lib.CKA_DECRYPT, value: true },
  ]);
}

const gcm = (nonce: Buffer, context: string): Pkcs11.Mechanism => ({
  mechanism: lib.CKM_AES_GCM,
  parameter: {
    type: lib.CK_PARAMS_AES_GCM_v240,
    iv: nonce,
    ivBits: NONCE * 8,
    aad: Buffer.from(context),
    tagBits: TAG * 8,
  } as Pkcs11.IParams,
});

function wrap(plain: Buffer, context: string): Buffer {
  const nonce = randomSecret(NONCE);
  p11.C_EncryptInit(session, gcm(nonce, context), needKey());
  return Buffer.concat([nonce, p11.C_Encrypt(session, plain, Buffer.alloc(plain.length + TAG))]);
}

function unwrap(wrapped: Buffer, context: string): Buffer {
  p11.C_DecryptInit(session, gcm(wrapped.subarray(0, NONCE), context), needKey());
  return p11.C_Decrypt(session, wrapped.subarray(NONCE), Buffer.alloc(wrapped.length));
}

function needKey(): Buffer {
  if (key === undefined) throw new Error('no key was named');
  return key;
}

/** Whether the key is there still, asked of the token itself: a session can outlive the token in some libraries. */
function present(): boolean {
  const info = p11.C_GetTokenInfo(slot);
  if (info.label.replace(/[\0 ]+$/, '') !== token) return false;
  return key === undefined || p11.C_GetAttributeValue(session, key, [{ type: lib.CKA_LABEL }]).length === 1;
}

const GONE = new Set([lib.CKR_TOKEN_NOT_PRESENT, lib.CKR_DEVICE_REMOVED, lib.CKR_SESSION_HANDLE_INVALID]);

function answer(ask: TokenAsk): TokenAnswer {
  try {
    if ('bytes' in ask) {
      const bytes = (ask.do === 'wrap' ? wrap : unwrap)(Buffer.from(ask.bytes), ask.context);
      return { n: ask.n, bytes };
    }
    key = ask.do === 'make' ? make(ask.id) : find(ask.id);
    if (key === undefined)
      return { n: ask.n, refused: 'absent', why: `the token holds no key labelled ${label(ask.id)}` };
    return { n: ask.n };
  } catch (error) {
    const opening = ask.do === 'unwrap' && !GONE.has(codeOf(error));
    return { n: ask.n, refused: opening ? 'does_not_open' : 'unreachable', why: (error as Error).message };
  }
}

function look(): void {
  let why = 'the token is not there any more';
  try {
    if (present()) return;
  } catch (error) {
    why = (error as Error).message;
  }
  say({ gone: why });
}

process.once('disconnect', () => {
  try {
    p11.C_Finalize();
  } catch {
    // It was never begun, or the token is gone: there is nothing to let go.
  }
  process.exit(0);
});
process.once('message', (first: TokenStart) => {
  try {
    start(first);
    say({ n: 0 });
    process.on('message', (ask: TokenAsk) => say(answer(ask)));
    setInterval(look, LOOK_MS);
  } catch (error) {
    say({ n: 0, refused: 'unreachable', why: (error as Error).message });
  }
});
