/// A value as a key of a hash table: equal numbers are equal keys, whatever their types.
struct CELKey: Hashable {
  let value: CELValue

  init(_ value: CELValue) { self.value = value }

  static func == (left: CELKey, right: CELKey) -> Bool { left.value == right.value }

  func hash(into hasher: inout Hasher) {
    switch value {
    case .null: hasher.combine(0)
    case .bool(let flag): hasher.combine(flag)
    case .int(let number): hasher.combine(number)
    case .uint(let number):
      if let number = Int64(exactly: number) {
        hasher.combine(number)
      } else {
        hasher.combine(number)
      }
    case .double(let number):
      if let number = Int64(exactly: number) {
        hasher.combine(number)
      } else if let number = UInt64(exactly: number) {
        hasher.combine(number)
      } else {
        hasher.combine(number)
      }
    case .string(let text): hasher.combine(text)
    case .bytes(let bytes): hasher.combine(bytes)
    case .list(let list): hasher.combine(list.count)
    case .map(let map): hasher.combine(map.count)
    case .type(let type): hasher.combine(type.name)
    case .timestamp(let time): hasher.combine(time)
    case .duration(let span): hasher.combine(span)
    case .optional(let content): hasher.combine(content == nil)
    }
  }
}
