-- module: ssh-ca, keys. Decisions 0048, 0052. A host is certified for names it was given, and for how long is on record; a root key may be one of a cloud's key service.

create table ssh_host (
  system_id uuid not null,
  names text[] not null,
  state text not null,
  problem text,
  asked_by uuid,
  asked_at timestamptz not null,
  authority_id uuid,
  certificate_id uuid,
  valid_to timestamptz,
  proved_at timestamptz,
  constraint ssh_host_pk primary key (system_id),
  constraint ssh_host_has_names check (cardinality(names) between 1 and 20),
  constraint ssh_host_state_is_known check (state in ('asked', 'certified', 'failed')),
  constraint ssh_host_is_certified_whole check ((certificate_id is null) = (valid_to is null) and (certificate_id is null) = (authority_id is null) and (certificate_id is null) = (proved_at is null)),
  constraint certified_ssh_host_has_a_certificate check (state <> 'certified' or certificate_id is not null),
  constraint ssh_host_is_a_system foreign key (system_id) references system (id),
  constraint ssh_host_certificate_is_on_record foreign key (certificate_id) references ssh_certificate (id),
  constraint ssh_host_is_certified_by_an_authority foreign key (authority_id) references ssh_authority (id)
);
comment on table ssh_host is 'A host that shows a certificate of the host authority for its names to whoever connects; proved by connecting. Renewed before it ends.';

alter table root_key drop constraint root_key_place_is_known;
alter table root_key add constraint root_key_place_is_known check (place in ('file', 'shamir', 'pkcs11', 'aws_kms'));
comment on column root_key.settings is 'file: its name in the folder of root_key_file. shamir: threshold and the digests of the shares. pkcs11: nothing, the configuration names the token. aws_kms: nothing, the configuration names the key.';
