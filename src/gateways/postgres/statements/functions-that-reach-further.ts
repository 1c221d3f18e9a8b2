/** Functions of PostgreSQL and its usual extensions that run a text handed to them, or read or write beyond tables. */
const NAMES = new Set(
  `query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml cursor_to_xmlschema table_to_xml table_to_xmlschema
  table_to_xml_and_xmlschema schema_to_xml schema_to_xmlschema schema_to_xml_and_xmlschema database_to_xml database_to_xmlschema
  database_to_xml_and_xmlschema ts_stat ts_rewrite xpath_table crosstab crosstab2 crosstab3 crosstab4 connectby
  pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file pg_file_write pg_file_read pg_file_rename pg_file_unlink pg_logdir_ls
  pg_terminate_backend pg_cancel_backend pg_reload_conf pg_rotate_logfile pg_promote pg_switch_wal pg_create_restore_point
  pg_backup_start pg_backup_stop pg_start_backup pg_stop_backup pg_wal_replay_pause pg_wal_replay_resume
  pg_create_logical_replication_slot pg_create_physical_replication_slot pg_drop_replication_slot pg_replication_slot_advance
  pg_logical_emit_message pg_logical_slot_get_changes pg_logical_slot_peek_changes pg_logical_slot_get_binary_changes
  pg_import_system_collations pg_extension_config_dump pg_stat_reset pg_stat_statements_reset set_config_by_name`
    .split(/\s+/)
    .filter((name) => name !== ''),
);
const FAMILIES = /^(?:dblink|lowrite|loread|pg_ls_|plpgsql_call|plpython|plperl)/;
/** Whole names: columns that begin so are called by none of these. */
const LARGE_OBJECTS =
  /^lo_(?:close|creat|create|export|from_bytea|get|import|lseek|lseek64|open|put|tell|tell64|truncate|truncate64|unlink)$/;

/** What such a function does cannot be seen in the statement that calls it. */
export const reachesFurther = (name: string): boolean =>
  NAMES.has(name) || FAMILIES.test(name) || LARGE_OBJECTS.test(name);
/** They change the database though a select calls them. */
export const writesWhenCalled = (name: string): boolean => name === 'nextval' || name === 'setval';
