/// Values as `%s` shows them.
enum FormattedValue {
  static func append(
    _ value: CELValue, to text: inout TextBuilder, _ evaluation: inout Evaluation
  ) throws(CELError) {
    switch value {
    case .string(let part): try text.append(part, &evaluation)
    case .null: try text.append("null", &evaluation)
    case .type(let type): try text.append(CELString(type.name), &evaluation)
    case .list(let list): try append(list, to: &text, &evaluation)
    case .map(let map): try append(map, to: &text, &evaluation)
    case .optional:
      throw CELError(.invalidArgument, "%s does not take an optional; orValue() gives its value")
    default:
      try text.append(CELString(try ConversionFunctions.text(of: value) ?? ""), &evaluation)
    }
  }

  private static func append(
    _ list: CELList, to text: inout TextBuilder, _ evaluation: inout Evaluation
  ) throws(CELError) {
    try text.append("[", &evaluation)
    var cursor = ElementCursor(list)
    var isFirst = true
    while let element = cursor.next() {
      if !isFirst { try text.append(", ", &evaluation) }
      isFirst = false
      try append(element, to: &text, &evaluation)
    }
    try text.append("]", &evaluation)
  }

  /// By the text of the keys, so that equal maps give equal texts.
  private static func append(
    _ map: CELMap, to text: inout TextBuilder, _ evaluation: inout Evaluation
  ) throws(CELError) {
    try evaluation.makeMap(map.count)
    try evaluation.spend(map.count)
    var members: [(name: CELString, value: CELValue)] = []
    for member in try map.members {
      var key = TextBuilder()
      try append(member.key, to: &key, &evaluation)
      members.append((CELString(utf8: key.bytes), member.value))
    }
    members.sort { $0.name < $1.name }
    try text.append("{", &evaluation)
    for (index, member) in members.enumerated() {
      if index > 0 { try text.append(", ", &evaluation) }
      try text.append(member.name, &evaluation)
      try text.append(": ", &evaluation)
      try append(member.value, to: &text, &evaluation)
    }
    try text.append("}", &evaluation)
  }
}
