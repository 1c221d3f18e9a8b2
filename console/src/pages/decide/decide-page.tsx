import { Button, Group, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { approveByLink, decideByLink, denyByLink, openDecisionLink } from '../../api/notices.ts';
import { Problem, Waiting } from '../../ui/feedback/states.tsx';
import { StepUpDialog } from '../../ui/feedback/step-up.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Card } from '../signin/card.tsx';
import { forgetToken, takeToken } from './link-token.ts';

const OVER = {
  used: ['This link has decided already', 'It works once. What it decided is shown with the request.'],
  over: ['This link is too old', 'Sign in and decide in your inbox: it may still wait for you.'],
  decided: ['Nothing is to be decided here any more', 'The step was decided, withdrawn or given to others.'],
  of_another: [
    'This link was sent to somebody else',
    'It decides in nobody else’s name. What waits for you is in your inbox.',
  ],
} as const;

/** Where the link of a mail leads: shows what is asked, and decides only when somebody presses a button. */
export const DecidePage = () => {
  const [token] = useState(takeToken);
  const [comment, setComment] = useState('');
  const link = useQuery({
    queryKey: ['decision-link', token],
    queryFn: () => openDecisionLink(token),
    enabled: token !== '',
    retry: false,
    gcTime: 0,
  });
  const decide = useMutation({
    mutationFn: async (decision: 'approve' | 'deny') => {
      const said = comment.trim();
      if (link.data?.signedIn !== true)
        return await decideByLink({ token, decision, ...(said === '' ? {} : { comment: said }) });
      return decision === 'approve'
        ? await approveByLink({ token, ...(said === '' ? {} : { comment: said }) })
        : await denyByLink({ token, reason: said });
    },
    onSuccess: forgetToken,
  });

  if (token === '' || link.isError)
    return (
      <Card title="This link is not complete" lead="Open the mail again and follow the whole of it.">
        <Problem error={link.error} />
        <Link to="/inbox">Go to your inbox</Link>
      </Card>
    );
  if (link.isPending) return <Waiting />;
  if (decide.data !== undefined)
    return (
      <Card title={`${decide.data.number} is ${decide.data.state}`} lead="You can close this page.">
        <Link to="/requests/$id" params={{ id: decide.data.requestId }}>
          See the request
        </Link>
      </Card>
    );
  const { state, request, signIn } = link.data;
  if (state !== 'open' || request === null) {
    const [title, lead] = OVER[state === 'open' ? 'decided' : state];
    return (
      <Card title={title} lead={lead}>
        <Link to="/inbox">Go to your inbox</Link>
      </Card>
    );
  }
  const wrong = fieldErrors(decide.error);
  return (
    <Card title={`${request.number}: ${request.beneficiary} needs your decision`}>
      <StepUpDialog />
      <Facts
        of={[
          ['Access', request.what],
          ['For', request.beneficiary],
          ['Asked by', request.requester],
          ['Reason', request.reason],
        ]}
      />
      {signIn ? (
        <Link to="/signin" search={{ to: '/decide' }}>
          Sign in to decide
        </Link>
      ) : (
        <>
          <Textarea
            label="Comment"
            description="Needed to deny"
            error={wrong['reason'] ?? wrong['comment']}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
          <Problem error={decide.error} />
          <Group>
            <Button loading={decide.isPending} onClick={() => decide.mutate('approve')}>
              Approve
            </Button>
            <Button
              color="red"
              variant="default"
              disabled={comment.trim() === ''}
              loading={decide.isPending}
              onClick={() => decide.mutate('deny')}
            >
              Deny
            </Button>
          </Group>
        </>
      )}
    </Card>
  );
};
