import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Checks, LookUps } from '../checks.ts';
import type { Problem } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { NotedUpload } from '../model.ts';
import type { TimeSpan } from '../monitoring.ts';
import type { DenyStatement } from '../policy-document.ts';
import type { Route } from '../route.ts';
import type { ResourceKind, Spec, SpecResource } from '../spec.ts';
import type { Effort, PlannedResource } from './planned-resource.ts';

// What the phases need of a resource in the account, one interface for each concern. Each kind of resource has a folder
// with its implementations; the engine knows the interfaces alone, and gives each implementation the resources of its own
// kind alone. A resource's side goes by its name (resourceName).
//
//   validate             ResourceProblems        back up                     ResourceBackups
//   plan                 ResourcePlans           capture on, way back, end   ResourceCaptures
//   prepare the target   ResourceTargets         watchdog                    ResourceSettings
//   ready                ResourceFitness         second fence                ResourcePolicies
//   ready, end           ResourceUploads

/** One of each kind of resource. */
export type ByKind<T> = { readonly [kind in ResourceKind]: T };

/** What is looked for in a spec's resource. */
export interface LookedFor {
  /** Its position in the spec. */
  readonly index: number;
  readonly spec: Spec;
  /** The migration was begun before: only what must hold all its life is demanded. */
  readonly known: boolean;
}

/** What a route says of a resource that is not so. `create` is the command that creates the right one. */
export type RouteCheck = (route: Route, create: string) => Problem[];

export interface ResourceProblems {
  /** Looks at both sides of a resource. Problems and notes go to the checks. */
  look(resource: SpecResource, lookedFor: LookedFor, checks: Checks): Promise<RouteCheck>;
}

export interface PlanProps {
  /** Most units of one resource. */
  readonly mostUnits: number;
  /** Size of a unit. */
  readonly unitBytes: number;
  /** Most workers at one time. */
  readonly workers: number;
  /** The alarms of the account; undefined where it refuses to tell them. */
  readonly alarms: readonly MetricAlarm[] | undefined;
  readonly lookUps: LookUps;
}

/** What was planned for one resource. */
export interface ResourcePlan {
  readonly resource: PlannedResource;
  readonly effort: Effort;
  /** Where the sides differ, and what else should be known. */
  readonly notes: readonly string[];
  /** What the target lacks of its source and does not get with the items, with what gives it to the target. */
  readonly toDo: readonly string[];
  /** Where its units end, if they are ranges of keys: the last key of each but of the last one, in order. */
  readonly bounds?: readonly string[];
}

export interface ResourcePlans {
  /** What is never compared, as a note. */
  readonly notCompared: string;
  /** @throws PermanentError if the source is gone. */
  plan(resource: SpecResource, props: PlanProps): Promise<ResourcePlan>;
}

export interface ResourceTargets {
  /**
   * Creates a target like its source where the spec asks for it, unless it is there or being created.
   * @returns whether it is ready.
   * @throws PermanentError if the source is gone.
   */
  prepare(resource: SpecResource): Promise<boolean>;
}

/** The status of a backup that can be relied on. */
export const BACKED_UP = 'AVAILABLE';
/** Stands for the status of a backup where the store has none of its own. */
export const NO_BACKUP = 'NOT_SUPPORTED';

export interface ResourceBackups {
  /** @returns the backup's ARN; undefined where the store has no backups. */
  begin(name: string, backupName: string): Promise<string | undefined>;
  /** @returns BACKED_UP, or another word. */
  status(arn: string): Promise<string>;
}

/** Where the changes of a resource come from. */
export interface SeenStream {
  readonly on: boolean;
  /** The latest one, on or off: another one has another name. */
  readonly stream: string | undefined;
  /** Why its changes can't be used, as "has the view type KEYS_ONLY". */
  readonly problem?: string;
  /** Nothing is being changed at the resource. */
  readonly settled: boolean;
  /** Of what it is switched on together with, where there is such a thing: who changes that decides about both. */
  readonly revision?: string;
}

/** The changes of a resource, from its stream by a mapping to the migrator's function. */
export interface ResourceCaptures {
  /**
   * Changes are hints alone: what was missed is found by comparing both sides. Otherwise a stream that was off, or is
   * another one, has lost some.
   */
  readonly hintsOnly: boolean;
  /** That of a resource that is gone is off. */
  stream(name: string): Promise<SeenStream>;
  enable(name: string): Promise<void>;
  disable(name: string): Promise<void>;
  /** Whether others need the stream of a side to which this migration is not bound any more. */
  isShared(name: string): Promise<boolean>;
  /** Maps a stream to the migrator's function, from its oldest change on, unless it is. @returns the mapping's id. */
  map(stream: string): Promise<string>;
  /** In words of Lambda. @returns undefined if the mapping is gone. */
  mappingState(id: string): Promise<string | undefined>;
  /** Removes what maps a stream to the migrator's function. @returns whether it is gone. */
  unmap(mapped: Mapped): Promise<boolean>;
}

/** What is known of a stream that was mapped: either may have been left unnoted by whoever died. */
export interface Mapped {
  readonly stream?: string | undefined;
  readonly mapping?: string | undefined;
}

/** Whether items expire by themselves, and by what. */
export interface Expiry {
  readonly on: boolean;
  readonly attribute: string;
}

/** How others have set a resource. */
export interface SeenSettings {
  readonly arn: string;
  readonly expiry: Expiry;
  /** Everything whose change is noted, its resource policy excepted: in words, by what it is. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface ResourceSettings {
  /** @returns undefined if the resource is gone. */
  look(name: string): Promise<SeenSettings | undefined>;
}

/** Whether a target is fit to take over from its source. */
export interface ResourceFitness {
  /** Whether it takes what its source was measured to take within some spans of time. */
  capacity(source: string, target: string, spans: readonly TimeSpan[]): Promise<Finding>;
  expiry(target: string): Promise<Expiry>;
  /** The command that ends it. */
  endExpiry(target: string, attribute: string): string;
}

/** The revision of a resource that has no policy. */
export const NO_POLICY = 'NO_POLICY';

/** A resource policy as it was read. */
export interface SeenPolicy {
  /** Undefined where there is none. */
  readonly document: string | undefined;
  readonly revision: string;
}

/**
 * What became of a change: `changed`: the policy is not at the expected revision, or a read has shown an old one;
 * `busy`: it was changed moments ago.
 */
export type PolicyChange =
  | { readonly kind: 'done'; readonly revision: string }
  | { readonly kind: 'changed' | 'busy' };

/** Where the stack is. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** The resource policies, by the ARNs of what they belong to. Reads may show what was there moments ago. */
export interface ResourcePolicies {
  /**
   * Whether a change is refused, in the moment in which it is made, where the policy is not as it was read. Otherwise
   * whoever changes one has to be the only one of all migrations.
   */
  readonly conditional: boolean;
  /** Longest policy, white space included. */
  readonly mostBytes: number;
  /** Names of errors that no retry makes better, but somebody may. */
  readonly refusals: readonly string[];
  /** The ARN of what has the policy for the side of a resource. */
  arnOf(name: string, place: Place): string;
  /** What of it belongs to that side: an ARN, or a pattern of ARNs. */
  scopeOf(name: string, place: Place): string;
  read(arn: string): Promise<SeenPolicy>;
  /**
   * Puts a policy, or removes it, if it is at a revision.
   * @param document undefined removes it.
   */
  write(arn: string, document: string | undefined, expected: string): Promise<PolicyChange>;
  /** A Deny of everything that changes items in some scopes for all but some roles, by their ARNs. */
  denyOfWrites(sid: string, scopes: readonly string[], exempt: readonly string[]): DenyStatement;
}

/** An upload that was begun, and neither completed nor aborted. */
export interface OpenUpload {
  readonly id: string;
  /** Relative to the side. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly begunAt: number;
}

/** Uploads in parts, which have no effect before they are complete. */
export interface ResourceUploads {
  /** Those of a side, at least the first 1,000 of them. */
  open(name: string): Promise<readonly OpenUpload[]>;
  /**
   * Ends one of the migrator's own, with what was uploaded of it. One that is gone is ended.
   * @param alone nobody but the migrator writes this side.
   */
  end(name: string, upload: NotedUpload, alone: boolean): Promise<void>;
  /** The command that lists them. */
  list(name: string): string;
}
