import Foundation
import SwellModel
import SwellPostgres

/// Writes JSON values as the texts that PostgreSQL reads for the types of a statement's parameters.
struct SQLParameterWriter: Sendable {
  let shapes: [SQLShape]

  /// - Parameter execution: which of several it is, counted from 0, for what is said when they do not fit.
  func parameters(_ values: SQLSettings.Values, execution: Int?) throws -> Parameters {
    var parameters = Parameters()
    switch values {
    case .input(let input):
      guard shapes.count <= 1 else { throw miscount(1, execution: nil) }
      let isNull = (try? JSONValue.parse(input)) == .null
      if !shapes.isEmpty { parameters.append(text: isNull ? nil : input.bytes) }
    case .list(let list):
      guard list.count == shapes.count else { throw miscount(list.count, execution: execution) }
      for (index, value) in list.enumerated() {
        let place = execution.map { "$\(index + 1) of row \($0)" } ?? "$\(index + 1)"
        parameters.append(text: try text(value, shapes[index], place: place))
      }
    }
    return parameters
  }

  private func miscount(_ count: Int, execution: Int?) -> NodeError {
    let what = execution.map { "row \($0)" } ?? "the list"
    return SQLSettings.error(
      .validation, "the query takes \(shapes.count) parameters, and \(what) has \(count)",
      "parameter_count")
  }

  private func text(_ value: JSONValue, _ shape: SQLShape, place: String) throws -> [UInt8]? {
    switch (shape, value) {
    case (_, .null): return nil
    case (.json, _): return try json(value, place)
    case (.list(let element, let delimiter), .array(let elements)):
      var text: [UInt8] = []
      try write(elements, element, delimiter, into: &text, place: place)
      return try checked(text, place)
    case (.bytes, .string(let encoded)):
      guard let data = Data(base64Encoded: encoded) else {
        throw SQLSettings.error(
          .validation, "\(place) is bytes, and takes base64 of them", "parameter_not_base64")
      }
      return Array("\\x".utf8) + data.flatMap { Self.hexadecimal($0) }
    case (.integer, .double(let number)):
      // What CEL reckoned may be a double that is whole.
      return Array((Int64(exactly: number).map { "\($0)" } ?? "\(number)").utf8)
    case (_, .string(let text)): return try checked(Array(text.utf8), place)
    default: return try json(value, place)
    }
  }

  private func json(_ value: JSONValue, _ place: String) throws -> [UInt8] {
    try checked(value.payload.bytes, place)
  }

  private func checked(_ text: [UInt8], _ place: String) throws -> [UInt8] {
    guard !text.contains(0) else {
      throw SQLSettings.error(
        .serialization, "\(place) has the character U+0000, which PostgreSQL cannot store",
        "nul_character")
    }
    return text
  }

  /// An array as PostgreSQL reads it: `{"a","b",NULL}`.
  private func write(
    _ elements: [JSONValue], _ shape: SQLShape, _ delimiter: UInt8, into text: inout [UInt8],
    place: String
  ) throws {
    text.append(UInt8(ascii: "{"))
    for (index, element) in elements.enumerated() {
      if index > 0 { text.append(delimiter) }
      if case .array(let inner) = element, shape != .json {
        try write(inner, shape, delimiter, into: &text, place: place)
      } else if let value = try self.text(element, shape, place: place) {
        text.append(UInt8(ascii: "\""))
        for byte in value {
          if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            text.append(UInt8(ascii: "\\"))
          }
          text.append(byte)
        }
        text.append(UInt8(ascii: "\""))
      } else {
        text.append(contentsOf: "NULL".utf8)
      }
    }
    text.append(UInt8(ascii: "}"))
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
    [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
