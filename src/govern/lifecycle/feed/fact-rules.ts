/** Most characters of a fact. */
export const LONGEST = 200;
export const LONGEST_ADDRESS = 254;

/**
 * Characters that have no place in a fact of a person: controls, and the marks that turn the direction of text and
 * would show one name while another is stored.
 */
// oxlint-disable-next-line no-control-regex -- controls are what it looks for
export const HOSTILE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]|\p{Cs}/u;

/** What an account can be called on every kind of system; no leading dash, no shell or path character. */
const USERNAME = /^[a-z0-9_](?:[a-z0-9._-]{0,62}[a-z0-9_])?$/i;
const ADDRESS = /^[^\s@"'<>()[\]\\,;:]+@[^\s@"'<>()[\]\\,;:]+\.[^\s@"'<>()[\]\\,;:]+$/;

/** Names that systems keep for themselves; a person of that name would be taken for them. */
const RESERVED = new Set(
  'root toor admin administrator daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc nobody sshd postgres mysql reeve system guest'.split(
    ' ',
  ),
);

/** Whether systems take it as the name of an account. */
export const isUsername = (text: string): boolean => USERNAME.test(text);
export const isReserved = (username: string): boolean => RESERVED.has(username.toLowerCase());
export const isAddress = (text: string): boolean => text.length <= LONGEST_ADDRESS && ADDRESS.test(text);
