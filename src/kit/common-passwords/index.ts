/** Passwords that installations come with and people choose first. Tried against what is stored, never by logging in. */
const common: readonly string[] =
  `password Password password1 Password1 passw0rd P@ssw0rd Passw0rd! changeme changeme1 ChangeMe123 changeit admin admin123
  administrator root toor secret letmein welcome Welcome1 welcome1 qwerty 123456 12345678 123456789 1234 12345 test test123 guest default postgres mysql
  mariadb oracle manager master monitor backup replication replica repl app user service temp temp123 summer2024 Summer2024 Winter2024 Spring2024 Reeve123`.split(
    /\s+/u,
  );

/** For one account: the common ones and what is made of its name. */
export const guessesFor = (name: string): readonly string[] => [
  ...new Set([
    name,
    `${name}1`,
    `${name}123`,
    `${name}1234`,
    name.toUpperCase(),
    [...name].toReversed().join(''),
    ...common,
  ]),
];
