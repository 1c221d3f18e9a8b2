const KEPT = 'reeve.decision-link';

/**
 * The token of the link that was followed. It stands after the #, so that it never reaches a server log; once read it
 * is taken out of the address and kept for this tab alone, so that it survives signing in.
 */
export const takeToken = (): string => {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(KEPT) ?? '';
};

export const forgetToken = (): void => sessionStorage.removeItem(KEPT);
