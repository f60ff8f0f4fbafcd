import SwellModel

/// The JSON parser and writer: what is parsed is written, and parsed again is the same.
enum JSONValueTarget: FuzzTarget {
  static let name = "json"

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    let scan = PayloadScanTarget.problem(input, PayloadScan.Limits(maxBytes: .max))
    let value: JSONValue
    do {
      value = try JSONValue.parse(input)
    } catch {
      let lines = TextPlaces(input, breaks: .lineFeed)
      try FuzzFinding.unless(lines.hold(error.place), "\(error), beyond the text")
      try FuzzFinding.unless(!error.message.isEmpty, "no message")
      return try FuzzFinding.unless(
        scan != nil || error.code == .numberRange, "the scan accepts what the parser does not")
    }
    try FuzzFinding.unless(scan == nil, "parsed, but the scan says \(scan?.description ?? "")")
    let written = value.payload
    try FuzzFinding.unless(
      PayloadScanTarget.problem(written.bytes, PayloadScan.Limits(maxBytes: .max)) == nil,
      "the scan refuses what was written: \(written)")
    let again = try parse(written)
    try FuzzFinding.unless(again == value, "written as \(written)")
    // Swift takes two spellings of a letter for equal, and 0.0 for -0.0; bytes do not.
    try FuzzFinding.unless(again.payload == written, "\(written), then \(again.payload)")

    let canonical = value.canonical
    try FuzzFinding.unless(
      canonical.canonical.payload == canonical.payload, "canonical twice is something else")
    try FuzzFinding.unless(
      try parse(canonical.payload).canonical.payload == canonical.payload,
      "canonical and back is something else")
    try FuzzFinding.unless(
      again.canonical.payload == canonical.payload, "canonical depends on the way")
  }

  private static func parse(_ payload: Payload) throws(FuzzFinding) -> JSONValue {
    do {
      return try JSONValue.parse(payload)
    } catch {
      throw FuzzFinding("wrote what it cannot read: \(payload): \(error)")
    }
  }
}
