/// What a worker process of the benchmark says of itself, as a line of numbers.
struct WorkerReport: Hashable, Sendable {
  /// Microseconds since 1970; 0 is not yet.
  var firstClaim: Int64 = 0
  var ended = 0
  var endedAt: Int64 = 0
  var statements = 0
  var inFlight = 0

  init() {}

  init(firstClaim: Int64, ended: Int, endedAt: Int64, statements: Int, inFlight: Int) {
    self.firstClaim = firstClaim
    self.ended = ended
    self.endedAt = endedAt
    self.statements = statements
    self.inFlight = inFlight
  }

  var line: String { "\(firstClaim) \(ended) \(endedAt) \(statements) \(inFlight)" }

  init?(line: some StringProtocol) {
    let words = line.split(separator: " ").compactMap { Int64($0) }
    guard words.count == 5 else { return nil }
    self.init(
      firstClaim: words[0], ended: Int(words[1]), endedAt: words[2], statements: Int(words[3]),
      inFlight: Int(words[4]))
  }
}
