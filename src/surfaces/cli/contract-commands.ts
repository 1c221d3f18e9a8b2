/** One command as the contract's `x-reeve-cli` describes it. */
export interface ContractCommand {
  readonly words: readonly string[];
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly kind: 'read' | 'write';
  readonly positional: readonly string[];
  readonly columns: readonly string[] | undefined;
  readonly media: string | undefined;
  /** The field that `--file` fills, and the fields that say how. */
  readonly file: { readonly field: string; readonly base64?: Readonly<Record<string, string>> } | undefined;
  /** Which answers are no success, and where they say why. */
  readonly fails: CommandFailure | undefined;
  readonly fields: readonly ContractField[];
}

/** An answer whose `field` has one of `values` is no success; what `because` names holds the reasons. */
export interface CommandFailure {
  readonly field: string;
  readonly values: Readonly<Record<string, 'conflict' | 'pending' | 'integrity'>>;
  readonly because: readonly string[];
}

/** One input field of a command. */
export interface ContractField {
  readonly name: string;
  readonly in: 'path' | 'query' | 'body';
  readonly required: boolean;
  readonly type: 'string' | 'number' | 'boolean' | 'array' | 'json';
  readonly choices: readonly string[] | undefined;
  readonly description: string | undefined;
}

interface JsonSchema {
  type?: string | string[];
  enum?: unknown[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  default?: unknown;
}

interface ContractOperation {
  summary: string;
  parameters?: { name: string; in: string; required?: boolean; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { content?: Record<string, unknown> }>;
  'x-reeve-kind': 'read' | 'write';
  'x-reeve-cli'?: {
    command: string;
    positional?: string[];
    columns?: string[];
    file?: { field: string; base64?: Record<string, string> };
    fails?: CommandFailure;
  };
}

function typeOf(schema: JsonSchema): ContractField['type'] {
  const types = [schema.type, ...(schema.anyOf ?? []).map((s) => s.type)].flat();
  if (types.includes('array')) return 'array';
  if (types.includes('object')) return 'json';
  if (types.includes('boolean')) return 'boolean';
  if (types.includes('integer') || types.includes('number')) return 'number';
  return 'string';
}

const field = (name: string, place: ContractField['in'], schema: JsonSchema, required: boolean): ContractField => ({
  name,
  in: place,
  required: required && schema.default === undefined,
  type: typeOf(schema),
  choices: (schema.enum ?? schema.items?.enum)?.map(String),
  description: schema.description,
});

/** Reads every command out of the OpenAPI contract, sorted by its words. */
export function contractCommands(contract: { paths: Record<string, Record<string, unknown>> }): ContractCommand[] {
  const commands: ContractCommand[] = [];
  for (const [path, methods] of Object.entries(contract.paths)) {
    for (const [method, raw] of Object.entries(methods)) {
      const operation = raw as ContractOperation;
      const cli = operation['x-reeve-cli'];
      if (cli === undefined) continue;
      const fields = (operation.parameters ?? [])
        .filter((p) => p.in === 'path' || p.in === 'query')
        .map((p) => field(p.name, p.in as 'path' | 'query', p.schema, p.required === true));
      const body = operation.requestBody?.content['application/json']?.schema;
      for (const [name, schema] of Object.entries(body?.properties ?? {})) {
        fields.push(field(name, 'body', schema, body?.required?.includes(name) === true));
      }
      const media = Object.keys(operation.responses['200']?.content ?? {})[0];
      commands.push({
        words: cli.command.split(' '),
        method: method.toUpperCase(),
        path,
        summary: operation.summary,
        kind: operation['x-reeve-kind'],
        positional: cli.positional ?? [],
        columns: cli.columns,
        media: media === 'application/json' ? undefined : media,
        file: cli.file,
        fails: cli.fails,
        fields,
      });
    }
  }
  return commands.sort((a, b) => a.words.join(' ').localeCompare(b.words.join(' ')));
}
