// Typed data that must be refused, as text, each with the reason.
import { SHAPES } from './typed_data_refused_shapes.mjs';
import { VALUES } from './typed_data_refused_values.mjs';

// Each as { name, reason, text }.
export function refusedTypedData() {
  return Object.entries({ ...SHAPES, ...VALUES }).flatMap(([reason, list]) =>
    list.map(([name, make]) => ({ name, reason, text: typeof make === 'string' ? make : JSON.stringify(make()) })),
  );
}
