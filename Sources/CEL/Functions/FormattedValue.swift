/// Values as `%s` shows them. What is still to be shown is on a stack of its own.
struct FormattedValue {
  private enum Part {
    case value(CELValue)
    case text(CELString)
  }

  private var parts: [Part] = []

  static func append(
    _ value: CELValue, to text: inout TextBuilder, _ evaluation: inout Evaluation
  ) throws(CELError) {
    var formatted = FormattedValue()
    formatted.parts = [.value(value)]
    while let part = formatted.parts.popLast() {
      switch part {
      case .text(let fixed): try text.append(fixed, &evaluation)
      case .value(let value): try formatted.append(value, to: &text, &evaluation)
      }
    }
  }

  private mutating func append(
    _ value: CELValue, to text: inout TextBuilder, _ evaluation: inout Evaluation
  ) throws(CELError) {
    switch value {
    case .string(let part): try text.append(part, &evaluation)
    case .null: try text.append("null", &evaluation)
    case .type(let type): try text.append(CELString(type.name), &evaluation)
    case .list(let list): try push(list, &evaluation)
    case .map(let map): try push(map, &evaluation)
    case .optional:
      throw CELError(.invalidArgument, "%s does not take an optional; orValue() gives its value")
    default:
      try text.append(CELString(try ConversionFunctions.text(of: value) ?? ""), &evaluation)
    }
  }

  private mutating func push(
    _ list: CELList, _ evaluation: inout Evaluation
  ) throws(CELError) {
    try evaluation.makeList(2 * list.count)
    parts.append(.text("]"))
    for (index, element) in list.elements.enumerated().reversed() {
      parts.append(.value(element))
      if index > 0 { parts.append(.text(", ")) }
    }
    parts.append(.text("["))
  }

  /// By the text of the keys, so that equal maps give equal texts.
  private mutating func push(_ map: CELMap, _ evaluation: inout Evaluation) throws(CELError) {
    try evaluation.makeMap(map.count)
    try evaluation.spend(map.count)
    var members: [(name: CELString, value: CELValue)] = []
    for member in try map.members {
      var key = TextBuilder()
      // A key has nothing in it.
      try append(member.key, to: &key, &evaluation)
      members.append((CELString(utf8: key.bytes), member.value))
    }
    members.sort { $0.name < $1.name }
    parts.append(.text("}"))
    for (index, member) in members.enumerated().reversed() {
      parts.append(.value(member.value))
      parts.append(.text(": "))
      parts.append(.text(member.name))
      if index > 0 { parts.append(.text(", ")) }
    }
    parts.append(.text("{"))
  }
}
