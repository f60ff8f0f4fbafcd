/// The members of a map that an expression made, in their order.
struct CELTable: Sendable {
  let members: [(key: CELValue, value: CELValue)]
  /// Where a key is; nil for a few members, which are searched one by one.
  private let positions: [CELKey: Int]?
  let hasDuplicates: Bool

  init(_ members: [(key: CELValue, value: CELValue)]) {
    self.members = members
    if members.count <= 8 {
      positions = nil
      hasDuplicates = members.indices.contains { index in
        members[..<index].contains { $0.key == members[index].key }
      }
    } else {
      var positions: [CELKey: Int] = [:]
      positions.reserveCapacity(members.count)
      for (index, member) in members.enumerated() { positions[CELKey(member.key)] = index }
      self.positions = positions
      hasDuplicates = positions.count < members.count
    }
  }

  /// The same with the last of equal keys only.
  var withoutDuplicates: CELTable {
    var seen = Set<CELKey>()
    return CELTable(members.reversed().filter { seen.insert(CELKey($0.key)).inserted }.reversed())
  }

  func value(of key: CELValue) -> CELValue? {
    if let positions { return positions[CELKey(key)].map { members[$0].value } }
    for member in members where member.key == key { return member.value }
    return nil
  }
}
