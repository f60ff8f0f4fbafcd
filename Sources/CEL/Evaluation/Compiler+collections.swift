extension Compiler {
  mutating func list(_ node: Syntax) -> any Node {
    guard case .list(let elements) = node.kind else { return LiteralNode(.null) }
    return list(elements, elements.map { compile($0.value) }, at: node.place)
  }

  private func list(
    _ elements: [Syntax.Element], _ nodes: [any Node], at place: CELPlace
  ) -> any Node {
    let literals = nodes.compactMap { ($0 as? LiteralNode)?.literal }
    if literals.count == nodes.count, !elements.contains(where: \.isOptional) {
      return LiteralNode(.list(CELList(literals)))
    }
    return ListNode(
      nodes, optionals: elements.map(\.isOptional), places: elements.map(\.value.place),
      place: place)
  }

  mutating func map(_ node: Syntax) -> any Node {
    guard case .map(let entries) = node.kind else { return LiteralNode(.null) }
    return map(entries.map { entry($0) }, at: node.place)
  }

  private mutating func entry(_ entry: Syntax.Entry) -> MapNode.Entry {
    let key = compile(entry.key)
    return MapNode.Entry(
      key: key, value: compile(entry.value), isOptional: entry.isOptional,
      place: entry.key.place)
  }

  private func map(_ nodes: [MapNode.Entry], at place: CELPlace) -> any Node {
    let node = MapNode(nodes, place: place)
    // What is wrong with a literal is found when it is evaluated, like all else.
    var members: [(key: CELValue, value: CELValue)] = []
    for entry in nodes {
      guard let key = entry.key as? LiteralNode, let value = entry.value as? LiteralNode,
        !entry.isOptional, (try? MapNode.checkKey(key.literal)) != nil
      else { return node }
      members.append((key.literal, value.literal))
    }
    let table = CELTable(members)
    return table.hasDuplicates ? node : LiteralNode(.map(CELMap(table)))
  }

  mutating func loop(_ node: Syntax) -> any Node {
    guard case .loop(let loop) = node.kind else { return LiteralNode(.null) }
    let range = compile(loop.range)
    let first = declare(loop.names[0])
    let second = loop.names.count == 2 ? declare(loop.names[1]) : nil
    defer { scope.removeLast(loop.names.count) }
    let filter = loop.filter.map { compile($0) }
    let body = compile(loop.body)
    return self.loop(
      loop, range, LoopSlots(first: first, second: second), filter, body, at: node.place)
  }

  private func loop(
    _ loop: Syntax.Loop, _ range: any Node, _ slots: LoopSlots, _ filter: (any Node)?,
    _ body: any Node, at place: CELPlace
  ) -> any Node {
    let cost = 1 + Self.cost(of: loop.body) + (loop.filter.map(Self.cost) ?? 0)
    switch loop.kind {
    case .all: return QuantifierNode(.all, range, slots, body, cost: cost, place: place)
    case .exists: return QuantifierNode(.exists, range, slots, body, cost: cost, place: place)
    case .existsOne:
      return QuantifierNode(.existsOne, range, slots, body, cost: cost, place: place)
    case .filter:
      return ListLoopNode(
        "filter", range, slots, filter: body, body: nil, cost: cost, place: place)
    case .map, .transformList:
      return ListLoopNode(
        loop.kind.name, range, slots, filter: filter, body: body, cost: cost, place: place)
    case .transformMap, .transformMapEntry:
      return MapLoopNode(
        loop.kind.name, range, slots, filter: filter, body: body,
        givesEntries: loop.kind == .transformMapEntry, cost: cost, place: place)
    case .sortBy: return SortByNode(range, slots, body, cost: cost, place: place)
    }
  }

  mutating func bind(_ node: Syntax) -> any Node {
    guard case .bind(let name, let value, let body) = node.kind else { return LiteralNode(.null) }
    let bound = compile(value)
    let slot = declare(name)
    defer { scope.removeLast() }
    return BindNode(slot: slot, bound, body: compile(body))
  }

  mutating func optionalMap(_ node: Syntax) -> any Node {
    guard case .optionalMap(let target, let name, let body, let isFlat) = node.kind else {
      return LiteralNode(.null)
    }
    let operand = compile(target)
    let slot = declare(name)
    defer { scope.removeLast() }
    return OptionalMapNode(
      operand, slot: slot, body: compile(body), isFlat: isFlat, place: node.place)
  }
}
