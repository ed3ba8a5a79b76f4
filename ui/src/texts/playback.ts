/** The sentences and labels of the Simulator's timeline, clock, faults, scenarios and exploring. */
export const playback = {} as const;
