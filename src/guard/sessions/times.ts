/** How often a gateway says that its sessions live. */
export const ALIVE_EVERY_MS = 1_000;
/** A node silent for this long is dead: its sessions died with it, and whoever notices closes their records. */
export const SILENT_MS = 7_000;
/** So long a session says nothing that its own node knows nothing of. It was never begun: there is nothing to wait for. */
export const STRAY_MS = 3 * ALIVE_EVERY_MS;
/** A node that could not say so for this long ends its sessions itself, before others take them for dead. */
export const CUT_OFF_MS = SILENT_MS - 2 * ALIVE_EVERY_MS;
/** How often each node looks for sessions of silent ones. */
export const LOOK_EVERY_MS = 500;
/** Whether somebody still observes the sessions that need it. Who comes or goes is felt at once; this notices who falls silent. */
export const OBSERVERS_EVERY_MS = 1_000;
/** Whether what sessions rest on still holds. What ends is told at once; this catches what a lost connection missed. */
export const GRANTS_EVERY_MS = 500;
