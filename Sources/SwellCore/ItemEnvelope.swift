import CEL
import SwellModel

/// The input of a run that is one item of a map: the item, and what its expressions read of the parent.
struct ItemEnvelope: Sendable {
  private let members: [String: CELValue]
  /// What nodes of the parent gave, by id; those that ended without an output are missing.
  let nodes: [String: CELValue]

  init(_ payload: Payload) throws(CELError) {
    guard case .map(let map) = try JSONDocument(payload.bytes).root else {
      throw CELError(.typeMismatch, "the input of an item is an object")
    }
    members = try Self.members(of: map)
    if case .map(let nodes)? = members["nodes"] {
      self.nodes = try Self.members(of: nodes)
    } else {
      nodes = [:]
    }
  }

  private static func members(of map: CELMap) throws(CELError) -> [String: CELValue] {
    var members: [String: CELValue] = [:]
    for member in try map.members {
      if case .string(let key) = member.key { members[key.description] = member.value }
    }
    return members
  }

  var item: CELValue { members["item"] ?? .null }
  var index: CELValue { members["index"] ?? .int(0) }
  var input: CELValue { members["input"] ?? .null }

  /// The item as JSON.
  var itemPayload: Payload {
    (try? item.json()).map { Payload(bytes: $0) } ?? .null
  }
}
