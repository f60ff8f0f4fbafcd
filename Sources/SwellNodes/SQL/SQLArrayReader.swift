import SwellModel

/// Writes an array, as PostgreSQL has written it, as a list of JSON: `{1,NULL}`, `{{a,"b c"},{d,e}}`,
/// `[2:3]={1,2}`.
struct SQLArrayReader {
  private let text: ArraySlice<UInt8>
  private let element: SQLShape
  private let delimiter: UInt8
  private var at: Int

  init(_ text: ArraySlice<UInt8>, element: SQLShape, delimiter: UInt8) {
    self.text = text
    self.element = element
    self.delimiter = delimiter
    at = text.startIndex
    // Bounds that do not begin at 1 stand before it.
    if text.first == UInt8(ascii: "[") {
      at = text.firstIndex(of: UInt8(ascii: "=")).map { $0 + 1 } ?? text.endIndex
    }
  }

  mutating func write(to writer: inout JSONWriter) throws {
    try list(to: &writer, depth: 0)
    guard at == text.endIndex else { throw unreadable }
  }

  private var byte: UInt8? { at < text.endIndex ? text[at] : nil }

  private var unreadable: NodeError {
    SQLSettings.error(
      .serialization, "the database gave an array that cannot be read", "unreadable_array")
  }

  private mutating func list(to writer: inout JSONWriter, depth: Int) throws {
    // PostgreSQL's arrays have six dimensions at most.
    guard byte == UInt8(ascii: "{"), depth < 6 else { throw unreadable }
    at += 1
    writer.raw("[")
    if byte == UInt8(ascii: "}") {
      at += 1
      return writer.raw("]")
    }
    while true {
      if byte == UInt8(ascii: "{") {
        try list(to: &writer, depth: depth + 1)
      } else {
        try value(to: &writer)
      }
      let end = byte
      at += 1
      switch end {
      case delimiter?: writer.raw(",")
      case UInt8(ascii: "}")?: return writer.raw("]")
      default: throw unreadable
      }
    }
  }

  private mutating func value(to writer: inout JSONWriter) throws {
    let isQuoted = byte == UInt8(ascii: "\"")
    if isQuoted { at += 1 }
    var value: [UInt8] = []
    while let next = byte {
      if isQuoted ? next == UInt8(ascii: "\"") : next == delimiter || next == UInt8(ascii: "}") {
        break
      }
      if next == UInt8(ascii: "\\") { at += 1 }
      guard let byte else { throw unreadable }
      value.append(byte)
      at += 1
    }
    if isQuoted {
      guard byte != nil else { throw unreadable }
      at += 1
    } else if value.elementsEqual("NULL".utf8) {
      return writer.raw("null")
    }
    try SQLValueReader.write(value[...], element, to: &writer)
  }
}
