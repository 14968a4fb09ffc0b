import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  type DeleteEventSourceMappingCommandInput,
  GetAccountSettingsCommand,
  GetEventSourceMappingCommand,
  type GetEventSourceMappingCommandInput,
  ListEventSourceMappingsCommand,
  type ListEventSourceMappingsCommandInput,
  ResourceConflictException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Commands, Execute } from './commands.ts';
import type { Database } from './database.ts';
import { Mapping, type MappingProps } from './mapping.ts';
import type { Scheduler } from './scheduler.ts';

/** A function that mappings can call, with what the model wants to know of its mappings. */
export type FunctionProps = Omit<MappingProps, 'name' | 'streamArn' | 'startingPosition'>;

const SHORT_NAME = /[^:/]+$/;

/** The functions and event source mappings of the account, and the commands of Lambda that concern them. */
export class LambdaModel {
  readonly commands: Commands;
  readonly mappings = new Map<string, Mapping>();
  readonly #scheduler: Scheduler;
  readonly #database: Database;
  readonly #functions = new Map<string, FunctionProps>();

  constructor(scheduler: Scheduler, database: Database) {
    this.#scheduler = scheduler;
    this.#database = database;
    this.commands = new Map<unknown, Execute>([
      [CreateEventSourceMappingCommand, (_, input) => this.#create(input)],
      [GetEventSourceMappingCommand, (_, input) => this.#get(input)],
      [ListEventSourceMappingsCommand, (_, input) => this.#list(input)],
      [DeleteEventSourceMappingCommand, (_, input) => this.#delete(input)],
      [
        GetAccountSettingsCommand,
        () => ({ AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000 } }),
      ],
    ]);
  }

  deploy(functionArn: string, props: FunctionProps): void {
    this.#functions.set(functionArn, props);
  }

  map(props: MappingProps, functionArn = props.name): Mapping {
    const id = `mapping-${this.mappings.size + 1}`;
    const mapping = new Mapping(this.#scheduler, this.#database, { id, functionArn, ...props });
    this.mappings.set(id, mapping);
    return mapping;
  }

  #create(input: CreateEventSourceMappingCommandInput): object {
    const { FunctionName = '', EventSourceArn = '' } = input;
    const props = this.#functions.get(FunctionName);
    if (!props) throw notFound(`Function not found: ${FunctionName}`);
    if (
      this.#alive().some(
        ({ streamArn, functionArn }) => streamArn === EventSourceArn && functionArn === FunctionName,
      )
    )
      throw new ResourceConflictException({
        message: 'An event source mapping with this function and event source already exists',
        $metadata: { httpStatusCode: 409 },
      });
    const name = SHORT_NAME.exec(FunctionName)?.[0] ?? FunctionName;
    const startingPosition = input.StartingPosition === 'LATEST' ? 'LATEST' : 'TRIM_HORIZON';
    return described(this.map({ ...props, name, streamArn: EventSourceArn, startingPosition }, FunctionName));
  }

  #get({ UUID }: GetEventSourceMappingCommandInput): object {
    return described(this.#mapping(UUID));
  }

  #list({ EventSourceArn, FunctionName }: ListEventSourceMappingsCommandInput): object {
    const listed = this.#alive().filter(
      ({ streamArn, functionArn }) =>
        (EventSourceArn === undefined || EventSourceArn === streamArn) &&
        (FunctionName === undefined || FunctionName === functionArn),
    );
    return { EventSourceMappings: listed.map(described) };
  }

  #delete({ UUID }: DeleteEventSourceMappingCommandInput): object {
    const mapping = this.#mapping(UUID);
    mapping.remove();
    return described(mapping);
  }

  #mapping(id: string | undefined): Mapping {
    const mapping = this.mappings.get(id ?? '');
    if (!mapping || mapping.state === 'Deleted') throw notFound('The resource you requested does not exist.');
    return mapping;
  }

  #alive(): Mapping[] {
    return [...this.mappings.values()].filter(({ state }) => state !== 'Deleted');
  }
}

function described({ id, functionArn, streamArn, state }: Mapping): object {
  return { UUID: id, FunctionArn: functionArn, EventSourceArn: streamArn, State: state };
}

function notFound(message: string): ResourceNotFoundException {
  return new ResourceNotFoundException({ message, $metadata: { httpStatusCode: 404 } });
}
