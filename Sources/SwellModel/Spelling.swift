/// Finds what somebody probably meant to write.
enum Spelling {
  /// The known name that is nearest, if it is near: a third of its letters wrong at most.
  static func nearest(to name: String, among known: some Collection<String>) -> String? {
    let letters = Array(name.lowercased().utf8)
    guard letters.count <= 60 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in known where candidate != name {
      let other = Array(candidate.lowercased().utf8)
      let limit = min(max(max(letters.count, other.count) / 3, 1), (best?.distance ?? .max) - 1)
      guard limit >= 0, abs(other.count - letters.count) <= limit else { continue }
      let distance = distance(letters, other)
      if distance <= limit { best = (candidate, distance) }
    }
    return best?.name
  }

  /// How many letters to insert, delete, replace, or swap with their neighbour.
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, a) in left.enumerated() {
      var current = [row + 1]
      for (column, b) in right.enumerated() {
        var cost = min(
          last[column] + (a == b ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
