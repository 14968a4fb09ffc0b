import { copyUnit } from '../../../shared/engine/copy.ts';
import { verifyUnit } from '../../../shared/engine/verify.ts';
import type { BucketStage } from '../bucket-stage.ts';
import type { Task } from '../world/task.ts';
import type { Invocations } from './invocations.ts';

const WORK = { copy: copyUnit, verify: verifyUnit };

/** Fans a phase out over its units, each again until it is done. */
export async function objectUnits(
  stage: BucketStage,
  invocations: Invocations,
  task: Task,
  phase: keyof typeof WORK,
): Promise<void> {
  const lanes = Array.from({ length: stage.setting.segments }, (_, unit) =>
    stage.world.scheduler.spawn(`${phase} of unit ${unit}`, async (lane) => {
      for (;;) {
        const { done } = await invocations.invoke(lane, {
          kind: phase,
          term: 1,
          number: unit,
          work: async (worker) => WORK[phase](await stage.worker(worker, phase), unit),
        });
        if (done) return;
      }
    }),
  );
  for (const lane of lanes) await task.join(lane);
}
