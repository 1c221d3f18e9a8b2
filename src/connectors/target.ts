/** How to reach a target and as whom. `credential` comes from the vault for the length of one call. */
export interface Target {
  readonly systemId: string;
  /** Connector kind, for instance `linux`. */
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  /** Non-secret settings of this kind, validated by the connector's `settings` schema. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credential: Credential;
  /** SSH host keys (`SHA256:…`) or TLS certificate fingerprints (`tls-sha256:…`) pinned at onboarding. Empty: refuse, unless `probe` is asked. */
  readonly pinned: readonly string[];
}

/** What Reeve logs in with. `none` is for kinds that have nobody to log in to, such as files and work done by hand. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'ssh_key'; readonly username: string; readonly privateKey: string }
  /** An OpenSSH certificate (the line of a `-cert.pub` file) and the Ed25519 key it is for. */
  | {
      readonly kind: 'ssh_certificate';
      readonly username: string;
      readonly privateKey: string;
      readonly certificate: string;
    }
  | { readonly kind: 'token'; readonly username: string; readonly token: string }
  | { readonly kind: 'none'; readonly username: string };
