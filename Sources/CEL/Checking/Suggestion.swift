/// The name that was probably meant.
enum Suggestion {
  /// `; did you mean 'total'?`, or nothing when no candidate is near.
  static func text(_ name: String, among candidates: some Sequence<String>) -> String {
    let letters = Array(name.lowercased().utf8.prefix(80))
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != name {
      let distance = distance(letters, Array(candidate.lowercased().utf8.prefix(80)))
      if distance < best?.distance ?? .max
        || distance == best?.distance && candidate < best?.name ?? ""
      {
        best = (candidate, distance)
      }
    }
    guard let best, best.distance <= max(1, letters.count / 3) else { return "" }
    return "; did you mean '\(best.name)'?"
  }

  /// How many letters must be put in, left out, changed or swapped.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var older: [Int] = []
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var next = [i + 1]
      for (j, other) in b.enumerated() {
        var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (letter == other ? 0 : 1))
        if i > 0, j > 0, letter == b[j - 1], a[i - 1] == other {
          cost = min(cost, older[j - 1] + 1)
        }
        next.append(cost)
      }
      older = row
      row = next
    }
    return row[b.count]
  }
}
