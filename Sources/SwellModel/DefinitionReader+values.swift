extension DefinitionReader {
  /// `[a-z][a-z0-9_]*`, at most 100 characters, with what `extra` allows behind the first.
  mutating func name(_ value: LocatedValue, path: String, extra: String = "") -> String? {
    guard let text = report.string(value, path: path) else { return nil }
    if !Self.isName(text, extra: extra) {
      report.add(
        "invalid_name",
        "\(path) '\(text.shortened)' is not a name: a lower-case letter, then "
          + "letters, digits\(extra.isEmpty ? "" : ", '-', '.'") and '_', at most 100",
        path: path, at: value.place)
    }
    return text
  }

  mutating func checkID(_ id: String, path: String, at place: SourcePlace) {
    guard !Self.isName(id) else { return }
    report.add(
      "invalid_id",
      "'\(id.shortened)' is not an id: a lower-case letter, then letters, digits "
        + "and '_', at most 100", path: path, at: place)
  }

  private static func isName(_ text: String, extra: String = "") -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 100 else { return false }
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    return letters.contains(first)
      && text.utf8.allSatisfy {
        letters.contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "_") || extra.utf8.contains($0)
      }
  }

  mutating func int(
    _ value: LocatedValue, in range: ClosedRange<Int64>, path: String
  ) -> Int? {
    if let number = value.int, range.contains(number) { return Int(number) }
    report.add(
      "out_of_range",
      "\(path) must be a whole number from \(range.lowerBound) to \(range.upperBound), not "
        + value.description, path: path, at: value.place)
    return nil
  }

  /// One id or a list of them, each at most once.
  mutating func references(_ value: LocatedValue, path: String) -> [NodeDraft.Reference] {
    if let id = value.string {
      return [NodeDraft.Reference(id: id, path: path, place: value.place)]
    }
    guard let elements = value.array else {
      report.add(
        "wrong_type", "\(path) must be an id or a list of ids, not \(value.description)",
        path: path, at: value.place)
      return []
    }
    var seen: Set<String> = []
    var references: [NodeDraft.Reference] = []
    for (index, element) in elements.enumerated() {
      let path = path + "[\(index)]"
      guard let id = report.string(element, path: path) else { continue }
      guard seen.insert(id).inserted else {
        report.add(
          "duplicate_reference", "'\(id.shortened)' is listed twice", path: path,
          at: element.place)
        continue
      }
      references.append(NodeDraft.Reference(id: id, path: path, place: element.place))
    }
    return references
  }

  /// True or false; a problem counts as false.
  mutating func flag(_ value: LocatedValue, path: String) -> Bool {
    if value.bool == nil {
      report.add(
        "wrong_type", "\(path) must be true or false, not \(value.description)", path: path,
        at: value.place)
    }
    return value.bool ?? false
  }

  mutating func unsupported(_ member: LocatedObject.Member, path: String) {
    report.add(
      "unsupported", "'\(member.key)' is not supported by this version of Swell",
      path: path.appending(key: member.key), at: member.keyPlace)
  }
}
