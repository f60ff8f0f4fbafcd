import SwellModel

/// What a JSON value is as the bytes of a file.
///
/// Equal values give equal bytes, whether they come from this worker's memory or out of the database, so that
/// a second attempt writes what the first one wrote.
enum FileWriting {
  static func bytes(
    of input: Payload, _ format: FileFormat, _ table: TableLayout
  ) throws(NodeError) -> [UInt8] {
    let value: ExactValue
    do throws(PayloadProblem) {
      value = try ExactValue(input)
    } catch {
      throw NodeError(error.errorKind, "the input is not JSON: \(error)", code: "\(error.code)")
    }
    switch format {
    case .json: return value.canonical.bytes + [UInt8(ascii: "\n")]
    case .text:
      guard case .string(let text) = value else { throw mismatch(format, "one text") }
      return text
    case .ndjson:
      guard case .array(let elements) = value else { throw mismatch(format, "a list") }
      return elements.flatMap { $0.canonical.bytes + [UInt8(ascii: "\n")] }
    case .lines:
      guard case .array(let elements) = value else { throw mismatch(format, "a list of texts") }
      var bytes: [UInt8] = []
      for (place, element) in elements.enumerated() {
        guard case .string(let text) = element else { throw mismatch(format, "a list of texts") }
        guard !text.contains(UInt8(ascii: "\n")) else {
          throw NodeError(
            .marshaling,
            "element \(place) of the list has a line's end in it; split it, or write a text",
            code: "input_mismatch")
        }
        bytes += text + [UInt8(ascii: "\n")]
      }
      return bytes
    case .csv:
      guard case .array(let elements) = value else { throw mismatch(format, "a list of rows") }
      return try TableWriter.bytes(of: elements, table)
    }
  }

  static func mismatch(_ format: FileFormat, _ wanted: String) -> NodeError {
    NodeError(
      .marshaling,
      "a file of the format \(format) is written from \(wanted), which the input is not",
      code: "input_mismatch")
  }
}
