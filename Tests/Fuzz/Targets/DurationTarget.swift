import SwellModel

/// `DurationText`, against a second reader.
enum DurationTarget: FuzzTarget {
  static let name = "duration"
  static let maxBytes = 128

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    let text = String(decoding: input, as: UTF8.self)
    let expected = milliseconds(Array(text.utf8))
    let found = Result { () throws(DurationText.Problem) in try DurationText.parse(text) }
    try FuzzFinding.unless(
      (try? found.get()) == expected.map { .milliseconds($0) },
      "\(found), should be \(expected.map { "\($0) ms" } ?? "refused")")
    if case .failure(let problem) = found {
      // A character of Swift may have any number of scalars.
      let quoted = text.prefix(40).utf8.count
      try FuzzFinding.unless(
        (1..<quoted + 200).contains(problem.message.utf8.count), "the message \(problem)")
    }
  }

  /// The duration, if the text is one; counted in a type that does not overflow.
  private static func milliseconds(_ text: [UInt8]) -> Int64? {
    let units: [(String, Double)] = [
      ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
      ("ms", 1),
    ]
    var rest = text[...]
    var total = 0.0
    var last = -1
    while !rest.isEmpty {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { !(0x30...0x39).contains($0) }
      rest = rest.dropFirst(unit.count)
      guard !digits.isEmpty, let place = units.firstIndex(where: { unit.elementsEqual($0.0.utf8) }),
        place > last
      else { return nil }
      last = place
      total += digits.reduce(0.0) { $0 * 10 + Double($1 - 0x30) } * units[place].1
    }
    let tenYears = 10.0 * 365 * 86_400_000
    return total > 0 && total <= tenYears ? Int64(total) : nil
  }
}
