import { Alert, Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import s from './connect.module.css';

/** Why a session ended, what was recorded of it, and the way to another one. */
export const Ended = ({
  because,
  sessionId,
  onAgain,
}: {
  readonly because: string;
  readonly sessionId: string | undefined;
  readonly onAgain: () => void;
}) => (
  <Alert color="gray" role="alert" title="The session ended">
    <p className={s['because']}>{because}</p>
    <div className="row">
      <Button size="compact-sm" onClick={onAgain}>
        Open a new session
      </Button>
      {sessionId === undefined ? null : (
        <Link to="/sessions/$id" params={{ id: sessionId }}>
          What was recorded
        </Link>
      )}
    </div>
  </Alert>
);
