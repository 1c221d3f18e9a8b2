import { constants } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { AppError } from '#kit/errors/index.ts';
import type { AwsCredentials } from './sign-aws.ts';

/**
 * Reads an access key as the AWS tools write it: `aws_access_key_id = …` of the section `default`, or of the only one there
 * is. `setting` and `code` are what it throws with: that it cannot be read, that others may, or that there is none in it.
 */
export async function readAwsCredentials(
  path: string,
  { setting, code }: { readonly setting: string; readonly code: string },
): Promise<AwsCredentials> {
  const misconfigured = (detail: string, fix: string): AppError => new AppError({ code, status: 500, detail, fix });
  let text: string;
  let mode: number;
  try {
    const file = await openFile(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      ({ mode } = await file.stat());
      text = await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw misconfigured(
      `the credentials ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      `name them in ${setting}, owned by the user Reeve runs as`,
    );
  }
  if ((mode & 0o077) !== 0)
    throw misconfigured(
      `others may read the credentials ${path} (mode ${(mode & 0o777).toString(8)})`,
      `chmod 600 ${path}`,
    );
  const sections = text.split(/^\s*\[/mu).slice(1);
  const section =
    sections.find((one) => one.startsWith('default]')) ?? (sections.length === 1 ? sections[0] : undefined);
  const of = (name: string): string | undefined =>
    new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)\\s*$`, 'mu').exec(section ?? '')?.[1];
  const [accessKeyId, secretAccessKey] = [of('aws_access_key_id'), of('aws_secret_access_key')];
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw misconfigured(
      `the credentials ${path} have no access key`,
      'write them as the AWS tools do: [default], aws_access_key_id = …, aws_secret_access_key = …',
    );
  return { accessKeyId, secretAccessKey, sessionToken: of('aws_session_token') };
}
