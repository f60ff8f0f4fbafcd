import SwellModel

/// What the bytes of a file mean, as JSON.
enum FileReading {
  static func output(
    of bytes: [UInt8], _ format: FileFormat, _ table: TableLayout
  ) throws(NodeError) -> Payload {
    // Some editors begin every file with a mark that is no part of what it holds.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes
    switch format {
    case .json:
      try check(bytes[...], what: "the file")
      return Payload(bytes: bytes)
    case .ndjson: return try values(bytes)
    case .text: return JSONValue.string(try text(bytes)).payload
    case .lines:
      return JSONValue.array(lines(try text(bytes)).map { .string(String($0)) }).payload
    case .csv:
      _ = try text(bytes)
      return try TableReader.rows(of: bytes, table)
    }
  }

  /// The file as a text, if JSON and PostgreSQL can carry it.
  private static func text(_ bytes: [UInt8]) throws(NodeError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw NodeError(
        .serialization, "the file is not UTF-8 text", code: "not_utf8")
    }
    guard !bytes.contains(0) else {
      throw NodeError(
        .serialization, "the file has the character U+0000, which PostgreSQL cannot store",
        code: "nul_character")
    }
    return text
  }

  /// Each ends with a line feed, or with a carriage return and a line feed; the last one need not.
  private static func lines(_ text: String) -> [Substring] {
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { Substring($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0) }
  }

  private static func values(_ bytes: [UInt8]) throws(NodeError) -> Payload {
    var writer = JSONWriter(reserving: bytes.count + 16)
    writer.raw("[")
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (place, line) in lines.enumerated() where !line.allSatisfy({ $0 <= 0x20 }) {
      try check(line, what: "line \(place + 1)")
      if writer.bytes.count > 1 { writer.raw(",") }
      writer.bytes.append(contentsOf: line)
    }
    writer.raw("]")
    return writer.payload
  }

  private static func check(_ bytes: ArraySlice<UInt8>, what: String) throws(NodeError) {
    do throws(PayloadProblem) {
      try PayloadScan.check(Array(bytes), limits: PayloadScan.Limits(maxBytes: .max))
    } catch {
      throw NodeError(
        .serialization, "\(what) is not one JSON value: \(error)", code: "file_not_json")
    }
  }
}
