/** The peer sent what is no message: nothing after it can be trusted to be one. */
export class BrokenFrame extends Error {}
