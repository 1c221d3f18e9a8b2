import { Button } from '@mantine/core';
import { extendGrant, withdrawRequest } from '../../api/requests.ts';
import type { AccessRequest, RequestLine } from '../../api/shapes/requests.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { duration } from '../../ui/show/time-ago.tsx';
import { isToCome } from './request-words.ts';

const HOURS = 7_200;

/** A line whose access still holds and ends by itself: more time can be asked for. */
export const isExtensible = (line: RequestLine): boolean =>
  line.state === 'granted' &&
  line.grant !== null &&
  line.grant.endedBecause === null &&
  line.grant.validTo !== null &&
  Date.parse(line.grant.validTo) > Date.now();

/** Asks for as much time again as the line was for; the end there is never moves. */
export const useExtend = () =>
  useAct({
    run: ({ line, reason }: { line: RequestLine; reason: string }) =>
      extendGrant(line.grant?.id ?? '', line.seconds ?? HOURS, reason),
    stales: ['requests', 'grants'],
    done: ({ request }) => `Asked for as ${request.number}; what you have goes on until its end`,
  });

/** Asks why, then asks for more time. */
export const askForMore = async (line: RequestLine, extend: ReturnType<typeof useExtend>): Promise<void> => {
  const answer = await confirm({
    title: `More time with ${line.what.name}?`,
    text: `Another ${duration(line.seconds ?? HOURS)} beside what is there, once it is approved. What you do with it goes on.`,
    action: 'Ask',
    reason: 'required',
  });
  if (answer !== undefined) extend.mutate({ line, reason: answer.reason });
};

/** What whoever asked can do about one line of their request. */
export const LineActions = ({ request, line }: { readonly request: AccessRequest; readonly line: RequestLine }) => {
  const withdraw = useAct({
    run: () => withdrawRequest(request.id, [line.id]),
    stales: ['requests', 'approvals'],
    done: () => `Withdrawn: ${line.what.name}`,
  });
  const extend = useExtend();
  if (isToCome(line) && request.lines.filter(isToCome).length > 1)
    return (
      <Button
        variant="subtle"
        size="xs"
        loading={withdraw.isPending}
        aria-label={`Withdraw ${line.what.name}`}
        onClick={() => withdraw.mutate(undefined)}
      >
        Withdraw this line
      </Button>
    );
  if (!isExtensible(line)) return null;
  return (
    <Button
      variant="subtle"
      size="xs"
      loading={extend.isPending}
      aria-label={`More time with ${line.what.name}`}
      onClick={() => void askForMore(line, extend)}
    >
      More time…
    </Button>
  );
};
