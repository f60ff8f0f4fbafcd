extension SchemaCheck {
  /// What is wrong with a number.
  func words(_ keyword: SchemaRule.Keyword, _ number: ExactNumber) -> String? {
    switch keyword {
    case .multipleOf(let divisor):
      number.isMultiple(of: divisor) ? nil : "must be a multiple of \(divisor.text)"
    case .minimum(let limit): number >= limit ? nil : "must be at least \(limit.text)"
    case .maximum(let limit): number <= limit ? nil : "must be at most \(limit.text)"
    case .exclusiveMinimum(let limit): number > limit ? nil : "must be more than \(limit.text)"
    case .exclusiveMaximum(let limit): number < limit ? nil : "must be less than \(limit.text)"
    default: nil
    }
  }

  /// What is wrong with a text.
  func words(_ keyword: SchemaRule.Keyword, _ text: [UInt8]) -> String? {
    /// Characters are Unicode scalars.
    func length() -> Int { text.count { $0 & 0xC0 != 0x80 } }
    switch keyword {
    case .minLength(let limit):
      return length() >= limit
        ? nil : "must have at least \(limit) characters, and has \(length())"
    case .maxLength(let limit):
      return length() <= limit
        ? nil : "must have at most \(limit) characters, and has \(length())"
    case .pattern(let pattern, let source):
      return pattern.matches(String(decoding: text, as: UTF8.self))
        ? nil : "must match the pattern \(source)"
    case .format(let format): return format.holds(text) ? nil : "must be \(format.words)"
    default: return nil
    }
  }

  mutating func problem(
    _ keyword: SchemaRule.Keyword, _ elements: [ExactValue], path: String, depth: Int
  ) -> String? {
    switch keyword {
    case .minItems(let limit) where elements.count < limit:
      return Self.at(
        path, "must have at least \(limit) elements, and has \(elements.count)")
    case .maxItems(let limit) where elements.count > limit:
      return Self.at(path, "must have at most \(limit) elements, and has \(elements.count)")
    case .uniqueItems where Set(elements).count < elements.count:
      return Self.at(path, "must not have equal elements")
    case .items(let first, let rest):
      for (place, element) in elements.enumerated() {
        guard let index = place < first.count ? first[place] : rest else { return nil }
        if let problem = problem(index, element, path: "\(path)/\(place)", depth: depth + 1) {
          return problem
        }
      }
      return nil
    default: return nil
    }
  }

  mutating func problem(
    _ keyword: SchemaRule.Keyword, _ members: [ExactValue.Member], path: String, depth: Int
  ) -> String? {
    func place(_ key: [UInt8]) -> Int? { KeyOrder.place(of: key, in: members, by: \.key) }
    switch keyword {
    case .minProperties(let limit) where members.count < limit:
      return Self.at(path, "must have at least \(limit) keys, and has \(members.count)")
    case .maxProperties(let limit) where members.count > limit:
      return Self.at(path, "must have at most \(limit) keys, and has \(members.count)")
    case .required(let keys):
      guard let missing = keys.first(where: { place($0) == nil }) else { return nil }
      return Self.at(path, "\(Self.quoted(missing)) is missing")
    case .dependentRequired(let pairs):
      for (key, needs) in pairs where place(key) != nil {
        guard let missing = needs.first(where: { place($0) == nil }) else { continue }
        return Self.at(
          path, "\(Self.quoted(missing)) is missing, which goes with \(Self.quoted(key))")
      }
      return nil
    case .propertyNames(let index):
      for member in members {
        let path = "\(path) (its key \(Self.quoted(member.key)))"
        if let problem = problem(index, .string(member.key), path: path, depth: depth + 1) {
          return problem
        }
      }
      return nil
    case .properties(let properties):
      for (key, index) in properties {
        guard let place = place(key) else { continue }
        let path = path + Self.pointer(key)
        if let problem = problem(index, members[place].value, path: path, depth: depth + 1) {
          return problem
        }
      }
      return nil
    case .additionalProperties(let index, let known):
      for member in members
      where KeyOrder.place(of: member.key, in: known, by: { $0 }) == nil {
        guard let index else {
          return Self.at(
            path, "the key \(Self.quoted(member.key)) is not known; " + Self.known(known))
        }
        let path = path + Self.pointer(member.key)
        if let problem = problem(index, member.value, path: path, depth: depth + 1) {
          return problem
        }
      }
      return nil
    default: return nil
    }
  }

  private static func quoted(_ key: [UInt8]) -> String {
    "'\(String(decoding: key, as: UTF8.self))'"
  }

  private static func known(_ keys: [[UInt8]]) -> String {
    guard !keys.isEmpty else { return "there is none" }
    return "there are " + keys.prefix(20).map(quoted).joined(separator: ", ")
      + (keys.count > 20 ? ", …" : "")
  }

  /// One step of a JSON pointer.
  private static func pointer(_ key: [UInt8]) -> String {
    "/" + String(decoding: key, as: UTF8.self).replacing("~", with: "~0").replacing("/", with: "~1")
  }
}
