/** Does a work for each of many, some of them at a time. */
export async function inLanes<Each>(
  all: readonly Each[],
  lanes: number,
  work: (each: Each) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < all.length) await work(all[next++] as Each);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
