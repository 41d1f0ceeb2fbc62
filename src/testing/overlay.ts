/** The object with some members replaced; everything else, private state included, is its own. */
export function overlay<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get: (object, name) => {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name) as unknown;
      const member: unknown = Reflect.get(object, name, object);
      return typeof member === 'function' ? (member.bind(object) as unknown) : member;
    },
  });
}
