/// Finds what somebody probably meant to write.
enum NearestName {
  /// The known name with the fewest wrong letters, if that is a third of them at most.
  static func find(_ name: String, among known: [String]) -> String? {
    let ranked = known.map { ($0, distance(Array(name.utf8), Array($0.utf8))) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, name.utf8.count / 3) else {
      return nil
    }
    return best.0
  }

  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var last = Array(0...right.count)
    for (row, a) in left.enumerated() {
      var current = [row + 1]
      for (column, b) in right.enumerated() {
        current.append(
          min(last[column] + (a == b ? 0 : 1), last[column + 1] + 1, current[column] + 1))
      }
      last = current
    }
    return last[right.count]
  }
}
