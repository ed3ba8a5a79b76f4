/** The sentences and labels of the Builder's library, publishing, versions and the drawer. */
export const library = {} as const;
