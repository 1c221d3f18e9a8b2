/** The cookie that names a session. Its prefix has browsers keep it to this very host and to TLS. */
export const SESSION_COOKIE = '__Host-reeve-web';
/** A header for a gateway password where an application's clients need `Authorization` for themselves. */
export const PASSWORD_HEADER = 'reeve-password';
/** Below it a site is the gateway's own. */
export const OWN_PATH = '/.reeve/';
/** What gateway passwords begin with. */
export const PASSWORD_PREFIX = 'rvp_';
