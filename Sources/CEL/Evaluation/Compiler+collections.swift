extension Compiler {
  mutating func list(_ elements: [Syntax.Element], at place: CELPlace) -> any Node {
    let nodes = elements.map { compile($0.value) }
    let literals = nodes.compactMap { ($0 as? LiteralNode)?.literal }
    if literals.count == nodes.count, !elements.contains(where: \.isOptional) {
      return LiteralNode(.list(CELList(literals)))
    }
    return ListNode(
      nodes, optionals: elements.map(\.isOptional), places: elements.map(\.value.place),
      place: place)
  }

  mutating func map(_ entries: [Syntax.Entry], at place: CELPlace) -> any Node {
    let nodes = entries.map {
      MapNode.Entry(
        key: compile($0.key), value: compile($0.value), isOptional: $0.isOptional,
        place: $0.key.place)
    }
    let node = MapNode(nodes, place: place)
    let isLiteral = nodes.allSatisfy {
      $0.key is LiteralNode && $0.value is LiteralNode && !$0.isOptional
    }
    guard isLiteral else { return node }
    // What is wrong with a literal is found when it is evaluated, like all else.
    var members: [(key: CELValue, value: CELValue)] = []
    for entry in nodes {
      guard let key = entry.key as? LiteralNode, let value = entry.value as? LiteralNode,
        (try? MapNode.checkKey(key.literal)) != nil
      else { return node }
      members.append((key.literal, value.literal))
    }
    let table = CELTable(members)
    return table.hasDuplicates ? node : LiteralNode(.map(CELMap(table)))
  }

  mutating func loop(_ loop: Syntax.Loop, at place: CELPlace) -> any Node {
    let range = compile(loop.range)
    let first = declare(loop.names[0])
    let second = loop.names.count == 2 ? declare(loop.names[1]) : nil
    defer { scope.removeLast(loop.names.count) }
    let slots = LoopSlots(first: first, second: second)
    let filter = loop.filter.map { compile($0) }
    let body = compile(loop.body)
    let cost = 1 + Self.cost(of: loop.body) + (loop.filter.map(Self.cost) ?? 0)
    func quantifier(_ kind: QuantifierNode.Kind) -> any Node {
      QuantifierNode(kind, range, slots, body, cost: cost, place: place)
    }
    switch loop.kind {
    case .all: return quantifier(.all)
    case .exists: return quantifier(.exists)
    case .existsOne: return quantifier(.existsOne)
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
    switch node.kind {
    case .bind(let name, let value, let body):
      let bound = compile(value)
      let slot = declare(name)
      defer { scope.removeLast() }
      return BindNode(slot: slot, bound, body: compile(body))
    case .optionalMap(let target, let name, let body, let isFlat):
      let operand = compile(target)
      let slot = declare(name)
      defer { scope.removeLast() }
      return OptionalMapNode(
        operand, slot: slot, body: compile(body), isFlat: isFlat, place: node.place)
    default: return LiteralNode(.null)
    }
  }
}
