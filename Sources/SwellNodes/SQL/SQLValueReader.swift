import Foundation
import SwellModel

/// Writes one value, as PostgreSQL has written it, as JSON.
enum SQLValueReader {
  static func write(
    _ text: ArraySlice<UInt8>, _ shape: SQLShape, to writer: inout JSONWriter
  ) throws {
    switch shape {
    case .bool: writer.bool(text.first == UInt8(ascii: "t"))
    case .integer, .number:
      // JSON has neither NaN nor Infinity.
      let digit = text.first == UInt8(ascii: "-") ? text.dropFirst().first : text.first
      guard let digit, (0x30...0x39).contains(digit) else { return try string(text, to: &writer) }
      writer.bytes.append(contentsOf: text)
    case .json: writer.bytes.append(contentsOf: text)
    case .timestamp: try string(timestamp(text)[...], to: &writer)
    case .bytes: writer.string(base64(text))
    case .text: try string(text, to: &writer)
    case .list(let element, let delimiter):
      var reader = SQLArrayReader(text, element: element, delimiter: delimiter)
      try reader.write(to: &writer)
    }
  }

  private static func string(_ text: ArraySlice<UInt8>, to writer: inout JSONWriter) throws {
    // A database of the encoding SQL_ASCII holds any bytes.
    guard let text = String(validating: text, as: UTF8.self) else {
      throw SQLSettings.error(
        .serialization, "the database gave text that is not UTF-8", "not_utf8")
    }
    writer.string(text)
  }

  /// `2026-01-31 09:00:00+00` as `2026-01-31T09:00:00+00:00`, which is what jsonb makes of it.
  private static func timestamp(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var stamp = Array(text)
    guard let space = stamp.firstIndex(of: UInt8(ascii: " ")) else { return stamp }
    stamp[space] = UInt8(ascii: "T")
    let suffix = Array(" BC".utf8)
    let isBeforeChrist = stamp.suffix(3).elementsEqual(suffix)
    if isBeforeChrist { stamp.removeLast(3) }
    let zone = stamp.suffix(3)
    if zone.first == UInt8(ascii: "+") || zone.first == UInt8(ascii: "-") {
      stamp.append(contentsOf: ":00".utf8)
    }
    return isBeforeChrist ? stamp + suffix : stamp
  }

  /// Of `\x0aff`.
  private static func base64(_ text: ArraySlice<UInt8>) -> String {
    var bytes = Data(capacity: text.count / 2)
    var high: UInt8?
    for digit in text.dropFirst(2) {
      let value = digit <= 0x39 ? digit &- 0x30 : (digit | 0x20) &- 0x61 &+ 10
      if let first = high {
        bytes.append(first << 4 | value & 15)
        high = nil
      } else {
        high = value & 15
      }
    }
    return bytes.base64EncodedString()
  }
}
