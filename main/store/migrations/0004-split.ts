// How runs on a dataset begin to hold a part of it out, where that was chosen at its import. Released: must not be
// edited.

export const split = `
ALTER TABLE datasets ADD COLUMN split TEXT;
`;
