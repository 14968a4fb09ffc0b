import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  type DeleteEventSourceMappingCommandInput,
  GetAccountSettingsCommand,
  GetEventSourceMappingCommand,
  type GetEventSourceMappingCommandInput,
  InvalidParameterValueException,
  ListEventSourceMappingsCommand,
  type ListEventSourceMappingsCommandInput,
  ResourceConflictException,
  ResourceInUseException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Database } from './database.ts';
import { Mapping, type MappingProps } from './mapping.ts';
import type { Scheduler } from './scheduler.ts';
import type { Commands, Execute } from './service.ts';

/** A function that mappings can call, with what the model wants to know of its mappings. */
export type FunctionProps = Omit<MappingProps, 'name' | 'streamArn' | 'startingPosition'>;

const SHORT_NAME = /[^:/]+$/;
const DEFAULT_BATCH = 100;
/** Small worlds have few records: batches of any size are to come nevertheless. */
const SMALL_BATCH = 4;

/** The functions and event source mappings of the account, and the commands of Lambda that concern them. */
export class LambdaModel {
  readonly commands: Commands<Database>;
  readonly mappings = new Map<string, Mapping>();
  readonly #scheduler: Scheduler;
  readonly #database: Database;
  readonly #functions = new Map<string, FunctionProps>();

  constructor(scheduler: Scheduler, database: Database) {
    this.#scheduler = scheduler;
    this.#database = database;
    this.commands = new Map<unknown, Execute<Database>>([
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
    const { FunctionName = '', EventSourceArn = '', BatchSize = DEFAULT_BATCH } = input;
    const props = this.#functions.get(FunctionName);
    if (!props) throw notFound(`Function not found: ${FunctionName}`);
    checkMapping(input);
    if (!this.#database.streams.has(EventSourceArn)) throw invalid(`Stream not found: ${EventSourceArn}`);
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
    const batchSize = Math.min(BatchSize, props.batchSize ?? SMALL_BATCH);
    const { ParallelizationFactor: parallelization = 1 } = input;
    const wanted = { name, streamArn: EventSourceArn, startingPosition, batchSize, parallelization } as const;
    return described(this.map({ ...props, ...wanted }, FunctionName));
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
    if (mapping.state === 'Creating' || mapping.state === 'Deleting')
      throw new ResourceInUseException({
        message: `Cannot delete the event source mapping because it is in use: ${mapping.state}`,
        $metadata: { httpStatusCode: 400 },
      });
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

function checkMapping(input: CreateEventSourceMappingCommandInput): void {
  const { StartingPosition, BatchSize, ParallelizationFactor, MaximumBatchingWindowInSeconds } = input;
  if (StartingPosition !== 'TRIM_HORIZON' && StartingPosition !== 'LATEST')
    throw invalid(`Unsupported starting position for a stream of DynamoDB: ${StartingPosition}`);
  const within = (value: number | undefined, least: number, most: number) =>
    value === undefined || (value >= least && value <= most);
  if (!within(BatchSize, 1, 10_000)) throw invalid(`BatchSize must be 1 to 10,000: ${BatchSize}`);
  if (!within(ParallelizationFactor, 1, 10))
    throw invalid(`ParallelizationFactor must be 1 to 10: ${ParallelizationFactor}`);
  if (!within(MaximumBatchingWindowInSeconds, 0, 300))
    throw invalid(`MaximumBatchingWindowInSeconds must be 0 to 300: ${MaximumBatchingWindowInSeconds}`);
}

function described({ id, functionArn, streamArn, state }: Mapping): object {
  return { UUID: id, FunctionArn: functionArn, EventSourceArn: streamArn, State: state };
}

function invalid(message: string): InvalidParameterValueException {
  return new InvalidParameterValueException({ message, $metadata: { httpStatusCode: 400 } });
}

function notFound(message: string): ResourceNotFoundException {
  return new ResourceNotFoundException({ message, $metadata: { httpStatusCode: 404 } });
}
