/** The job that brings a target's authorities, principals and revocation list up to date. */
export const REFRESH = 'ssh_ca.refresh';
/** The job that sets a target up, or checks that it is. */
export const SET_UP = 'ssh_ca.set_up';
/** The job that certifies a host. */
export const CERTIFY_HOST = 'ssh_ca.certify_host';
