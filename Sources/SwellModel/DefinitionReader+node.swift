extension DefinitionReader {
  static let roles = Node.Role.ofKinds.map(\.rawValue) + ["handler"] + controls
  /// Control nodes, by the key that makes them one.
  static let controls = DefinitionLanguage.controls.names
  private static let nodeKeys = roles + DefinitionLanguage.node.names
  private static let laterNodeKeys = ["output"]

  mutating func readNode(
    _ id: String, _ value: LocatedValue, path: String, at place: SourcePlace
  ) {
    guard let object = report.object(value, path: path) else {
      // It exists all the same: references to it are no further problem.
      drafts.append(
        NodeDraft(node: Node(id: id, role: .handler, kind: ""), path: path, place: place))
      return
    }
    var known = object
    known.members.removeAll { Self.laterNodeKeys.contains($0.key) }
    for member in object.members where Self.laterNodeKeys.contains(member.key) {
      unsupported(member, path: path)
    }
    report.checkKeys(
      of: known, known: Self.nodeKeys, path: path, owner: "node '\(id.shortened)'")

    let isWhole = known.members.count == object.members.count
    let (role, kind) = readRole(object, id: id, path: path, at: place, required: isWhole)
    var draft = NodeDraft(node: Node(id: id, role: role, kind: kind), path: path, place: place)
    readRepetition(object, &draft)
    readWith(object, &draft)
    if let member = object.member("input") { readInput(member, &draft) }
    if role == .control { readControl(object, &draft) }
    readEdges(object, &draft)
    if let value = object["needs"] { draft.needs = references(value, path: path + ".needs") }
    if let member = object.member("join") {
      draft.node.join = join(member.value, path: path + ".join")
      draft.joinPlace = member.value.place
    }
    if let value = object["optional"] {
      draft.node.optional = flag(value, path: path + ".optional")
    }
    if let value = object["retry"] { draft.node.retry = retry(value, path: path + ".retry") }
    if let value = object["timeout"] {
      draft.node.timeout = report.duration(value, path: path + ".timeout")
    }
    if let value = object["fallback"], let id = report.string(value, path: path + ".fallback") {
      draft.fallback = NodeDraft.Reference(id: id, path: path + ".fallback", place: value.place)
    }
    if let value = object["circuit"], let text = report.string(value, path: path + ".circuit") {
      if text.isEmpty || text.utf8.count > 200 {
        report.add(
          "invalid_value", "the name of a circuit has 1 to 200 bytes", path: path + ".circuit",
          at: value.place)
      }
      draft.node.circuit = text
    }
    if let value = object["whenOpen"] {
      draft.whenOpenPlace = value.place
      draft.node.whenOpen =
        report.choice(value, of: Node.WhenOpen.self, path: path + ".whenOpen") ?? .wait
    }
    drafts.append(draft)
  }

  private mutating func readRole(
    _ object: LocatedObject, id: String, path: String, at place: SourcePlace, required: Bool
  ) -> (Node.Role, String) {
    let written = object.members.filter { Self.roles.contains($0.key) }
    guard let member = written.first else {
      if required {
        report.add(
          "missing_role", "node '\(id.shortened)' needs one of \(Self.roles.alternatives)",
          path: path, at: place)
      }
      return (.handler, "")
    }
    let role = Node.Role(rawValue: member.key) ?? .control
    for other in written.dropFirst() {
      report.add(
        "several_roles", "node '\(id.shortened)' has '\(member.key)' and '\(other.key)'; keep one",
        path: path + "." + other.key, at: other.keyPlace)
    }
    if role == .control { return (role, member.key) }
    let rolePath = path + "." + member.key
    guard let name = report.string(member.value, path: rolePath) else { return (role, "") }
    if role == .handler {
      let isName =
        !name.isEmpty && name.utf8.count <= 100
        && name.utf8.allSatisfy {
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "_.-".utf8.contains($0)
        }
      if !isName {
        report.add(
          "invalid_value", "a handler's name has 1 to 100 letters, digits, '_', '.' or '-'",
          path: rolePath, at: member.value.place)
      }
      return (role, "handler:" + name)
    }
    checkKind(name, role, path: rolePath, at: member.value.place)
    return (role, name)
  }

  private mutating func checkKind(
    _ name: String, _ role: Node.Role, path: String, at place: SourcePlace
  ) {
    guard let kinds else { return }
    guard let kind = kinds.kinds[name] else {
      let names = kinds.kinds.keys.sorted()
      report.add(
        "unknown_kind",
        "unknown kind '\(name.shortened)'; there are \(names.joined(separator: ", "))",
        path: path, at: place, suggestion: report.suggestion(for: name, among: names))
      return
    }
    if !kind.roles.contains(role) {
      let roles = kind.roles.map(\.rawValue).sorted().alternatives
      report.add("wrong_role", "\(name) can be a \(roles), not a \(role)", path: path, at: place)
    }
  }

  private mutating func readWith(_ object: LocatedObject, _ draft: inout NodeDraft) {
    let path = draft.path + ".with"
    guard let member = object.member("with") else {
      // A kind says what it misses: a node without `with` has an empty one.
      if Node.Role.ofKinds.contains(draft.node.role), let kind = kinds?.kinds[draft.node.kind] {
        let empty = LocatedObject(members: [], at: draft.place)
        add(kind.problems(of: empty, in: draft.node.role, owner: draft.node.kind), under: path)
      }
      return
    }
    guard draft.node.role != .handler || draft.node.kind.isEmpty else {
      report.add(
        "handler_with", "a handler has no 'with'; give it its data in 'input'", path: path,
        at: member.keyPlace)
      return
    }
    guard draft.node.role != .control else {
      report.add(
        "control_with",
        "\(draft.node.kind) has no 'with'; its settings are under '\(draft.node.kind)'",
        path: path, at: member.keyPlace)
      return
    }
    guard let with = report.object(member.value, path: path) else { return }
    if let kind = kinds?.kinds[draft.node.kind] {
      add(kind.problems(of: with, in: draft.node.role, owner: draft.node.kind), under: path)
    }
    draft.node.with = member.value.json.canonical.payload
    collectTemplates(member.value, path: path, isRepeated: true, into: &draft)
  }

  private mutating func add(_ problems: [DefinitionProblem], under path: String) {
    for var problem in problems {
      problem.path = problem.path.isEmpty ? path : path + "." + problem.path
      report.add(problem)
    }
  }

  private mutating func join(_ value: LocatedValue, path: String) -> Node.Join {
    if value.string == "all" { return .all }
    if value.string == "any" { return .any }
    if let count = value.int, count >= 1, count <= Self.maxNodes { return .atLeast(Int(count)) }
    report.add(
      "invalid_value", "\(path) must be all, any or a number from 1", path: path, at: value.place)
    return .all
  }
}
