extension JSONWriter {
  /// Appends a value for people: a line for each member, lists of plain values on one.
  public mutating func indented(_ value: JSONValue, depth: Int = 0) {
    func line(_ depth: Int) { bytes += [0x0A] + [UInt8](repeating: 0x20, count: 2 * depth) }
    switch value {
    case .object(let members) where !members.isEmpty:
      raw("{")
      for (index, member) in members.enumerated() {
        if index > 0 { raw(",") }
        line(depth + 1)
        string(member.key)
        raw(": ")
        indented(member.value, depth: depth + 1)
      }
      line(depth)
      raw("}")
    case .array(let elements) where elements.contains(where: \.isContainer):
      raw("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { raw(",") }
        line(depth + 1)
        indented(element, depth: depth + 1)
      }
      line(depth)
      raw("]")
    case .array(let elements):
      raw("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { raw(", ") }
        self.value(element)
      }
      raw("]")
    default: self.value(value)
    }
  }
}

extension JSONValue {
  fileprivate var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }
}
