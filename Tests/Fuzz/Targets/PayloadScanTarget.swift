import SwellModel

/// `PayloadScan`, against a second reader of the same grammar, under usual and narrow limits.
///
/// `PayloadJudgementTests` asks PostgreSQL as well.
enum PayloadScanTarget: FuzzTarget {
  static let name = "payload-scan"

  static let narrow = PayloadScan.Limits(maxBytes: 200, maxDepth: 3, maxExponent: 20, maxDigits: 5)

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    for limits in [PayloadScan.Limits.standard, narrow] {
      let problem = problem(input, limits)
      var reference = JSONGrammar(input, limits: limits)
      let accepts = reference.accepts()
      try FuzzFinding.unless(
        accepts == (problem == nil),
        accepts ? "refused: \(problem?.description ?? "")" : "accepted what is not a payload")
      guard let problem else { continue }
      try FuzzFinding.unless(
        (0...input.count).contains(problem.offset), "\(problem), beyond the payload")
      try FuzzFinding.unless(!problem.message.isEmpty, "no message")
      try FuzzFinding.unless(
        (problem.code == .tooLarge) == (input.count > limits.maxBytes), "\(problem)")
      if problem.code == .invalidUTF8 {
        try FuzzFinding.unless(
          String(validating: input[problem.offset...], as: UTF8.self) == nil, "\(problem)")
      }
      if problem.code == .empty {
        try FuzzFinding.unless(input.allSatisfy { " \n\r\t".utf8.contains($0) }, "\(problem)")
      }
    }
  }

  static func problem(_ input: [UInt8], _ limits: PayloadScan.Limits) -> PayloadProblem? {
    do {
      try PayloadScan.check(input, limits: limits)
      return nil
    } catch {
      return error
    }
  }
}
