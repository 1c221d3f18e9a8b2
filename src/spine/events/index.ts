export { isNoticeLinkToken, linkOfToken, noticeLinkToken } from './notice-links.ts';
export { askNotice, noticeWanted } from './notices.ts';
export { reactJob, reactionQueue, type Enqueue } from './queue-reactions.ts';
export { followSignals, raiseSignal, type Signal } from './signals.ts';
