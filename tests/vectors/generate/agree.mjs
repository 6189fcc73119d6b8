// The rule of these vectors: nothing is written that only one implementation says.

// by: implementation → what it says. Returns the one answer of at least two; anything else ends the run.
export function agree(what, by) {
  const names = Object.keys(by);
  if (names.length < 2) throw new Error(`${what}: only ${names} says so`);
  const answers = new Set(Object.values(by).map((answer) => JSON.stringify(answer)));
  if (answers.size !== 1) throw new Error(`${what}: implementations disagree: ${JSON.stringify(by, null, 1)}`);
  return Object.values(by)[0];
}

export const quantity = (number) => `0x${number.toString(16)}`;
