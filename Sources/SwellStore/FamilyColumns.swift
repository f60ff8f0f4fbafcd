import SwellCore
import SwellModel
import SwellPostgres

/// What a record says of parents and children: the last parameters of `record_v1`.
struct FamilyColumns {
  private var children: [UInt8] = []
  private var stops: [UInt8] = []
  private var told: [Int32] = []

  mutating func append(_ entry: RecordCall.Entry, place: Int32) {
    if entry.tellsParent, case .end = entry.transition { told.append(place) }
    for child in entry.changes.children { append(child, of: place) }
    let nodes = entry.workflow.workflow.nodes
    for stop in entry.changes.stops {
      var members: [JSONValue.Member] = [.init("run", .int(Int64(place)))]
      if let node = stop.node { members.append(.init("node", .string(nodes[node].id))) }
      if let unit = stop.unit {
        members.append(.init("item", .int(Int64(unit.item))))
        members.append(.init("iteration", .int(Int64(unit.iteration))))
      }
      Self.append(JSONValue.object(members).payload.bytes, to: &stops)
    }
  }

  private mutating func append(_ child: Changes.Child, of place: Int32) {
    var members: [JSONValue.Member] = [
      .init("run", .int(Int64(place))), .init("id", .string(child.id)),
      .init("workflow", .string(child.workflow)),
    ]
    if let version = child.version { members.append(.init("version", .int(Int64(version)))) }
    if let queue = child.queue { members.append(.init("queue", .string(queue))) }
    if let kinds = child.kinds {
      members.append(.init("kinds", .array(kinds.map { .string($0) })))
    }
    var bytes = JSONValue.object(members).payload.bytes
    bytes.removeLast()
    // Payloads go as they are: nobody takes them apart to pass them on.
    bytes.append(contentsOf: #","input":"#.utf8)
    bytes.append(contentsOf: child.input.bytes)
    bytes.append(contentsOf: #","place":"#.utf8)
    bytes.append(contentsOf: child.place.bytes)
    bytes.append(UInt8(ascii: "}"))
    Self.append(bytes, to: &children)
  }

  private static func append(_ element: [UInt8], to list: inout [UInt8]) {
    list.append(UInt8(ascii: list.isEmpty ? "[" : ","))
    list.append(contentsOf: element)
  }

  func append(to p: inout Parameters) {
    p.append(json: Self.closed(children))
    p.append(json: Self.closed(stops))
    p.append(array: told)
  }

  private static func closed(_ list: [UInt8]) -> [UInt8]? {
    list.isEmpty ? nil : list + [UInt8(ascii: "]")]
  }
}
