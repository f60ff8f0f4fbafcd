/// Appends values as JSON to bytes, within a limit.
struct JSONOutput {
  private(set) var bytes: [UInt8] = []
  private let limit: Int

  init(limit: Int, reserving capacity: Int = 0) {
    self.limit = limit
    bytes.reserveCapacity(capacity)
  }

  mutating func append(_ value: CELValue) throws(CELError) {
    switch value {
    case .string(let text): try append(text)
    case .int(let number): append(ascii: String(number))
    case .bool(let flag): append(ascii: flag ? "true" : "false")
    case .null: append(ascii: "null")
    case .double(let number): try append(number)
    case .uint(let number): append(ascii: String(number))
    case .list(let list): try append(list)
    case .map(let map): try append(map)
    case .optional(let content): try append(content ?? .null)
    default: try append(other: value)
    }
    try check()
  }

  private func check() throws(CELError) {
    guard bytes.count <= limit else {
      throw CELError(.outputLimit, "the result is longer than \(limit) bytes")
    }
  }

  private mutating func append(ascii text: String) { bytes.append(contentsOf: text.utf8) }

  /// Bytes that are JSON already, or a part of it.
  mutating func append(raw part: some Collection<UInt8>) throws(CELError) {
    bytes.append(contentsOf: part)
    try check()
  }

  private mutating func append(_ number: Double) throws(CELError) {
    guard number.isFinite else {
      throw CELError(.notJSON, "\(DoubleText.text(number)) cannot be written as JSON")
    }
    append(ascii: number.description)
  }

  private mutating func append(other value: CELValue) throws(CELError) {
    switch value {
    case .bytes(let bytes): try append(string: Base64.encode(bytes))
    case .type(let type): try append(string: type.name)
    case .timestamp(let time): try append(string: time.description)
    case .duration(let span): try append(string: span.description)
    default: break
    }
  }

  private mutating func append(string text: String) throws(CELError) {
    try append(CELString(text))
  }

  mutating func append(_ text: CELString) throws(CELError) {
    if case .reference(let reference) = text.storage {
      return try append(raw: reference.document.slice(at: reference.index))
    }
    bytes.append(0x22)
    text.withUTF8 { escape($0) }
    bytes.append(0x22)
    try check()
  }

  /// The content of a string without quotes, as it is or escaped.
  mutating func append(content text: CELString, isEscaped: Bool) throws(CELError) {
    if isEscaped {
      if case .reference(let reference) = text.storage {
        let slice = reference.document.slice(at: reference.index)
        return try append(raw: slice.dropFirst().dropLast())
      }
      text.withUTF8 { escape($0) }
    } else {
      text.withUTF8 { bytes.append(contentsOf: $0) }
    }
    try check()
  }

  /// The content of a string, escaped, without quotes.
  mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
    var from = 0
    for at in 0..<text.count {
      let byte = text[at]
      guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
      bytes.append(contentsOf: text[from..<at])
      from = at + 1
      bytes.append(0x5C)
      switch byte {
      case 0x08: bytes.append(0x62)
      case 0x09: bytes.append(0x74)
      case 0x0A: bytes.append(0x6E)
      case 0x0C: bytes.append(0x66)
      case 0x0D: bytes.append(0x72)
      case 0x22, 0x5C: bytes.append(byte)
      default:
        let digits = HexDigit.text([byte])
        append(ascii: "u00\(digits)")
      }
    }
    bytes.append(contentsOf: text[from...])
  }

  private mutating func append(_ list: CELList) throws(CELError) {
    if case .reference(let reference) = list.storage {
      return try append(raw: reference.document.slice(at: reference.index))
    }
    bytes.append(0x5B)
    var cursor = ElementCursor(list)
    var isFirst = true
    while let element = cursor.next() {
      if !isFirst { bytes.append(0x2C) }
      isFirst = false
      try append(element)
    }
    bytes.append(0x5D)
  }

  private mutating func append(_ map: CELMap) throws(CELError) {
    if case .reference(let reference) = map.storage {
      return try append(raw: reference.document.slice(at: reference.index))
    }
    bytes.append(0x7B)
    var isFirst = true
    for member in try map.members {
      if !isFirst { bytes.append(0x2C) }
      isFirst = false
      if case .string(let name) = member.key {
        try append(name)
      } else {
        try append(string: try ConversionFunctions.text(of: member.key) ?? "")
      }
      bytes.append(0x3A)
      try append(member.value)
    }
    bytes.append(0x7D)
  }
}
