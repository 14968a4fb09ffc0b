import type { Side } from './direction.ts';
import { HINT_HOLDS_MILLISECONDS } from './hint-log.ts';
import { ownToken, withOwnToken, withTokenOf } from './listing-token.ts';
import type { Limited, RoutedRequest, Routing } from './request-router.ts';
import type { RouteTable } from './route.ts';
import { asRouteError } from './route-follower.ts';
import { listingAsAsked, objectAsAsked, objectsAsAsked, type S3Output } from './router-s3-answers.ts';
import { inputOn, kindInBuckets, listedIn, type S3Input, touchedPlaces } from './router-s3-names.ts';
import { S3_OPERATIONS } from './router-s3-operations.ts';
import type { Runtime } from './runtime.ts';
import type { S3HttpRequest } from './s3-serializer.ts';

export interface S3Answer {
  readonly output: S3Output;
}

interface S3RequestProps<T extends S3Answer> {
  /** Name of S3's operation, like `PutObject`. */
  readonly operation: string;
  readonly input: S3Input;
  readonly runtime: Runtime;
  readonly hints: RouteTable['hints'];
  /** Makes the request for another input. */
  readonly serialize: (input: S3Input) => Promise<S3HttpRequest>;
  /** Sends the attempt: as the application made it, or with what another request has for it. */
  readonly send: (changed?: Partial<S3HttpRequest>) => Promise<T>;
}

/** A request as it is sent to a side. */
interface Serialized {
  readonly side: Side;
  readonly input: S3Input;
  readonly request: S3HttpRequest;
}

/** One attempt of a request to S3. */
export class S3Request<T extends S3Answer> implements RoutedRequest<T> {
  readonly mayTakeLong = true;
  readonly #props: S3RequestProps<T>;
  #serialized: Serialized | undefined;
  #noted: { readonly side: Side; readonly at: number } | undefined;

  constructor(props: S3RequestProps<T>) {
    this.#props = props;
  }

  kindIn({ buckets = [] }: Routing): 'read' | 'write' | undefined {
    return kindInBuckets(this.#props.operation, this.#props.input, buckets);
  }

  prepare(side: Side, routing: Routing): Promise<void> | undefined {
    const { input } = this.#props;
    if ((side === 'target' || ownToken(input)) && this.#serialized?.side !== side)
      return this.#serialize(side, routing).then(() => undefined);
    return this.#note(side, routing);
  }

  async pass(): Promise<T> {
    const { input, send } = this.#props;
    if (!ownToken(input)) return send();
    const { request } = await this.#serialize('source', {});
    return send(this.#changes(request));
  }

  async sendTo(side: Side, routing: Routing, limited: Limited): Promise<T> {
    const { operation, input, send } = this.#props;
    const serialized = this.#serialized?.side === side ? this.#serialized : undefined;
    const answer = await limited(() => send(serialized && this.#changes(serialized.request)));
    const output = serialized ? this.#asAsked(answer.output, serialized, routing) : answer.output;
    // Of what is more than one resource, the next page can be asked of the source alone.
    const isRouted = operation === 'ListObjectsV2' && typeof listedIn(input, routing.buckets) === 'object';
    return { ...answer, output: isRouted ? withOwnToken(output, side, input) : output };
  }

  async #serialize(side: Side, { buckets = [] }: Pick<Routing, 'buckets'>): Promise<Serialized> {
    const { operation, input, serialize } = this.#props;
    const sent = inputOn(side, operation, withTokenOf(side, input), buckets);
    // A body of the application's own stays with the request that the SDK made of it: a stream can be read only once.
    const content = S3_OPERATIONS.get(operation)?.hasContent ? { Body: undefined } : {};
    this.#serialized = { side, input: sent, request: await serialize({ ...sent, ...content }) };
    return this.#serialized;
  }

  /** Notes which keys are about to be written, if they were not just now. */
  #note(side: Side, { buckets = [], hinted }: Routing): Promise<void> | undefined {
    const { operation, input, runtime } = this.#props;
    const at = runtime.now();
    const noted = this.#noted;
    if (!hinted || (noted?.side === side && at - noted.at < HINT_HOLDS_MILLISECONDS)) return undefined;
    const places = touchedPlaces(operation, input, buckets);
    if (places.length === 0) return undefined;
    const resources = [...new Set(places.map(({ resource }) => resource))];
    const notes = resources.map((resource) => {
      const keys = places.filter((place) => place.resource === resource).map(({ key }) => key);
      return this.#props.hints.note({ resource, side, keys });
    });
    return Promise.all(notes).then(
      () => {
        this.#noted = { side, at };
      },
      (error: Error) => {
        throw asRouteError(
          `a ${operation} can't be noted in the table of the route, and is not sent: ${error.name}: ${error.message}`,
          error,
        );
      },
    );
  }

  #changes({ headers, body, ...address }: S3HttpRequest): Partial<S3HttpRequest> {
    const keepsBody = S3_OPERATIONS.get(this.#props.operation)?.hasContent;
    return keepsBody ? { ...address, headers: { host: headers.host ?? '' } } : { ...address, headers, body };
  }

  #asAsked(output: S3Output, { side, input: sent }: Serialized, { buckets }: Routing): S3Output {
    const { operation, input } = this.#props;
    switch (S3_OPERATIONS.get(operation)?.naming) {
      case 'listing': {
        const listed = listedIn(input, buckets);
        return typeof listed === 'object' ? listingAsAsked(output, listed[side], listed.source) : output;
      }
      case 'objects':
        return objectsAsAsked(output, input, sent);
      default:
        return objectAsAsked(output, input);
    }
  }
}
