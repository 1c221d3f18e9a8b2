import { constants } from 'node:crypto';

/** For `secureOptions` of TLS: no session is resumed, so every connection shows its certificate again. */
export const NO_TICKETS = constants.SSL_OP_NO_TICKET;
