/** What ties a session event's ciphertext to its place. */
export const eventContext = (sessionId: string, n: number): string => `session_event/${sessionId}/${n}`;
