/// Looks through an expression for the uses of one variable.
struct ReferenceFinder {
  let root: String
  private(set) var references = CELReferences()
  private var locals: [String] = []

  init(_ root: String) { self.root = root }

  private func isRoot(_ node: Syntax) -> Bool {
    guard case .name(root, let isAbsolute) = node.kind else { return false }
    return isAbsolute || !locals.contains(root)
  }

  @inline(never)
  mutating func visit(_ node: Syntax) {
    // This frame is on the stack once for every level, so that nothing is taken out here.
    if use(node) { return }
    switch node.tag {
    case .loop, .bind, .optionalMap: visitScope(node)
    default: visitChildren(of: node)
    }
  }

  /// Notes what is read when the node reads the variable itself.
  private mutating func use(_ node: Syntax) -> Bool {
    switch node.kind {
    case .name:
      guard isRoot(node) else { return false }
      references.problems.append(
        CELError(
          .dynamicReference,
          "'\(root)' as a whole cannot be used here, only its fields, such as \(root).name",
          at: node.place))
    case .select(let operand, let field, let isOptional) where isRoot(operand):
      references.add(field, at: node.place, isOptional: isOptional)
    case .has(let operand, let field, _) where isRoot(operand):
      references.add(field, at: node.place, isOptional: true)
    case .index(let operand, let key, let isOptional) where isRoot(operand):
      return index(key, of: operand, at: node.place, isOptional: isOptional)
    case .binary(.inside, let key, let range) where isRoot(range):
      return index(key, of: range, at: node.place, isOptional: true)
    default: return false
    }
    return true
  }

  private mutating func visitScope(_ node: Syntax) {
    switch node.kind {
    case .loop(let loop):
      visit(loop.range)
      scoped(loop.names, (loop.filter.map { [$0] } ?? []) + [loop.body])
    case .bind(let name, let value, let body):
      visit(value)
      scoped([name], [body])
    case .optionalMap(let target, let name, let body, _):
      visit(target)
      scoped([name], [body])
    default: break
    }
  }

  private mutating func visitChildren(of node: Syntax) {
    var children: [Syntax] = []
    node.kind.forEachChild { children.append($0) }
    for child in children { visit(child) }
  }

  private mutating func scoped(_ names: [String], _ nodes: [Syntax]) {
    locals += names
    for node in nodes { visit(node) }
    locals.removeLast(names.count)
  }

  private mutating func index(
    _ key: Syntax, of root: Syntax, at place: CELPlace, isOptional: Bool
  ) -> Bool {
    if case .literal(.string(let name)) = key.kind {
      references.add(name.description, at: place, isOptional: isOptional)
      return true
    }
    references.problems.append(
      CELError(
        .dynamicReference,
        "the key of '\(self.root)' must be written out, such as \(self.root).name or "
          + "\(self.root)['name']", at: root.place))
    visit(key)
    return true
  }
}
