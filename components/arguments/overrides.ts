/** Overrides for the arguments of an underlying resource: an object to merge, or a function of the arguments. */
export type Transform<Args> = Partial<Args> | ((args: Args) => Args);

/** Applies the caller's overrides, which have the last word. */
export function applyTransform<Args extends object>(args: Args, transform: Transform<Args> | undefined): Args {
  return typeof transform === "function" ? transform(args) : { ...args, ...transform };
}

/** Merges overrides with the defaults; an override that is `undefined` leaves the default in force. */
export function withDefaults<T extends object>(defaults: T, overrides: Partial<T> = {}): T {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}
