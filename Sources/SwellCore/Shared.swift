/// A value that copies share until one of them changes it: however much it holds, a copy costs one reference.
struct Shared<Value: Sendable>: Sendable {
  // An array, since that is what the language shares in this way: of one element.
  private var storage: [Value]

  init(_ value: Value) {
    storage = [value]
  }

  var value: Value {
    _read { yield storage[0] }
    _modify { yield &storage[0] }
  }
}
