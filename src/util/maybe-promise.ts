/** A value that is here now or promised. What can be answered from memory is here now. */
export type MaybePromise<T> = T | Promise<T>

/** Changes a value now if it is here, later if it is promised: a look-up in memory stays synchronous. */
export function mapMaybe<T, U>(value: MaybePromise<T>, change: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(change) : change(value)
}
