/** How Node runs a control process: flags that it takes only at its start. */
export const controlFlags: readonly string[] = [
  // A smaller nursery: a quarter less memory in a large configuration, and shorter pauses, at no cost in time.
  "--max-semi-space-size=16",
  // And one that is not made so small when memory is given back that the edits after it would be collected one by one.
  "--min-semi-space-size=4",
  // No collection for want of anything to do: an edit would wait for it, and the system is given nothing back.
  "--no-memory-reducer",
];
