import type { Parser } from '../parser.ts';
import { agent } from './agent.ts';
import { httpAnswers } from './http-answers.ts';
import { httpRequests } from './http-requests.ts';
import { loginNames } from './login-names.ts';
import { mysqlFrames } from './mysql-frames.ts';
import { mysqlLogIn } from './mysql-log-in.ts';
import { mysqlStatements } from './mysql-statements.ts';
import { pgFrames } from './pg-frames.ts';
import { pgStartup } from './pg-startup.ts';
import { pgStatements } from './pg-statements.ts';
import { recordings, shownOutput } from './recordings.ts';
import { screenLines } from './screen-lines.ts';
import { sftp } from './sftp.ts';
import { sshCertificates } from './ssh-certificates.ts';
import { sshKeys, sshPrivateKeys } from './ssh-keys.ts';
import { sshRequests } from './ssh-requests.ts';
import { typedLines } from './typed-lines.ts';

/** Every reader of what strangers write, in gateways and recordings. */
export const parsers: readonly Parser[] = [
  agent,
  httpAnswers,
  httpRequests,
  loginNames,
  mysqlFrames,
  mysqlLogIn,
  mysqlStatements,
  pgFrames,
  pgStartup,
  pgStatements,
  recordings,
  screenLines,
  sftp,
  shownOutput,
  sshCertificates,
  sshKeys,
  sshPrivateKeys,
  sshRequests,
  typedLines,
];
