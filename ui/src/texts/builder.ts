/** The sentences and labels of the Builder: canvas, inspector, preview. */
export const builder = {} as const;
