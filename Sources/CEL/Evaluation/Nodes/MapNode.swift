/// `{key: value, ?key: value}`.
final class MapNode: Node {
  struct Entry {
    let key: any Node
    let value: any Node
    let isOptional: Bool
    let place: CELPlace
  }

  let entries: [Entry]
  let place: CELPlace

  init(_ entries: [Entry], place: CELPlace) {
    self.entries = entries
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    var members: [(key: CELValue, value: CELValue)] = []
    members.reserveCapacity(entries.count)
    for entry in entries {
      let key = try entry.key.value(&evaluation)
      do throws(CELError) {
        try Self.checkKey(key)
      } catch {
        throw error.placed(entry.place)
      }
      let value = try entry.value.value(&evaluation)
      guard entry.isOptional else {
        members.append((key, value))
        continue
      }
      guard case .optional(let content) = value else {
        throw CELError.notOptional(value, at: entry.place)
      }
      if let content { members.append((key, content)) }
    }
    do throws(CELError) {
      return try Self.map(members, &evaluation)
    } catch {
      throw error.placed(place)
    }
  }

  /// - Throws: when the value cannot be a key: only bools, whole numbers and strings can.
  static func checkKey(_ key: CELValue) throws(CELError) {
    switch key {
    case .bool, .int, .uint, .string: return
    default:
      throw CELError(
        .noSuchOverload, "a key is a string, int, uint or bool, found \(key.type.article)")
    }
  }

  /// - Throws: `duplicate_key` when two keys are equal.
  static func map(
    _ members: [(key: CELValue, value: CELValue)], _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    try evaluation.makeMap(members.count)
    let table = CELTable(members)
    guard !table.hasDuplicates else {
      throw CELError(.duplicateKey, "two keys of the map are equal")
    }
    return .map(CELMap(table))
  }
}
