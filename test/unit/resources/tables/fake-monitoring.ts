import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Monitoring, TimeSpan, Traffic } from '../../../../shared/monitoring.ts';

type Methods = { [name in keyof Monitoring]: Monitoring[name] };

/** CloudWatch in memory. `asked` tells of each look at the traffic. */
export class FakeMonitoring implements Methods {
  readonly asked: { readonly indexes: readonly string[]; readonly spans: readonly TimeSpan[] }[] = [];
  readonly found: MetricAlarm[] = [];
  /** Traffic of the table, and of its indexes by their names. */
  readonly measured = new Map<string | undefined, Traffic>();
  refused = false;

  get asMonitoring(): Monitoring {
    return this as unknown as Monitoring;
  }

  async *alarms(): AsyncGenerator<MetricAlarm> {
    this.#look();
    yield* this.found;
  }

  async traffic(_: string, indexes: readonly string[], spans: readonly TimeSpan[]) {
    this.#look();
    this.asked.push({ indexes, spans });
    return this.measured;
  }

  #look(): void {
    if (this.refused)
      throw Object.assign(new Error('not authorized to look'), { name: 'AccessDeniedException' });
  }
}
