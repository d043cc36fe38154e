/**
 * The sentences that the `quote` backend picks from.
 */

/** One sentence each, in no particular order. */
export const quotes: readonly string[] = [
  "A map that shows every stone is as heavy as the mountain.",
  "The harbor keeps the ship's secrets, and the tide returns them.",
  "Patience is only hurry that has learned to sit down.",
  "Nobody thanks the bridge until the river rises.",
  "Leave the gate as you would want to find it in the dark.",
  "A short road with two turnings is longer than a long road with none.",
  "The lamp does not argue with the night.",
  "What is measured twice is trusted once.",
  "Rain writes its letters on every roof alike.",
  "An open window is the cheapest conversation.",
  "The quietest bell is the one nobody needed to ring.",
  "Borrowed time is repaid in mornings.",
  "A good question leaves the door ajar behind it.",
  "The orchard forgives the frost, but it remembers the date.",
  "Carry the small stones first and the wall will follow.",
  "Every crossroads was somebody's doorstep once.",
  "You can hear a clock only in a room that listens.",
  "The river never asks the stone for directions.",
  "A kite is a promise held by one thread.",
  "Between two lighthouses the sea is still dark.",
  "The last page of the ledger is always blank.",
  "Where the path is worn, the grass has voted.",
  "A knot tied kindly comes undone kindly.",
  "The ferryman learns both shores and owns neither.",
  "Tomorrow has excellent manners: it waits to be invited.",
];
