/// Reads a located document into a workflow. It goes on after each problem, so that all of
/// them are reported at once.
struct DefinitionReader {
  static let maxNodes = 10_000

  /// Nil takes any kind: the definition was checked before.
  let kinds: KindCatalog?
  var report = DefinitionReport()
  var drafts: [NodeDraft] = []
  var onError: [NodeDraft.Reference] = []

  init(kinds: KindCatalog?) {
    self.kinds = kinds
  }

  mutating func read(_ document: LocatedValue) throws(DefinitionProblems) -> Workflow {
    guard let top = document.object else {
      throw DefinitionProblems([
        DefinitionProblem(
          "wrong_type",
          "a definition is an object with 'workflow' and 'nodes', not "
            + document.description, path: "", at: document.place)
      ])
    }
    checkStrings(document, path: "")
    checkTopKeys(top)
    var workflow = Workflow(name: readName(top), nodes: [])
    if let value = top["queue"] {
      workflow.queue = name(value, path: "queue", extra: "-.") ?? workflow.queue
    }
    if let value = top["deadline"] { workflow.deadline = report.duration(value, path: "deadline") }
    if let value = top["concurrency"] {
      workflow.concurrency = int(value, in: 1...10_000, path: "concurrency") ?? 1
    }
    if let value = top["defaults"], let defaults = report.object(value, path: "defaults") {
      report.checkKeys(
        of: defaults, known: DefinitionLanguage.defaults.names, path: "defaults",
        owner: "defaults")
      if let value = defaults["timeout"] {
        workflow.timeout = report.duration(value, path: "defaults.timeout")
      }
      if let value = defaults["retry"] { workflow.retry = retry(value, path: "defaults.retry") }
    }
    if let value = top["input"] {
      workflow.inputSchema = SchemaReader.read(value, path: "input", &report)
    }
    if let value = top["output"] {
      workflow.outputSchema = SchemaReader.read(value, path: "output", &report)
    }
    readNodes(top)
    if let value = top["onError"] { readOnError(value) }
    let places = Set(drafts.lazy.flatMap(\.templates).map(\.place))
    checkExpressions(document, path: "", allowed: places)
    // Sorted, so that indices are the same whatever order a store has put the keys in.
    drafts.sort { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    var rules = DefinitionRules(drafts: drafts, onError: onError, report: report)
    workflow.nodes = rules.resolve()
    workflow.onError = rules.errorHandlers
    guard rules.report.problems.isEmpty else {
      throw DefinitionProblems(
        rules.report.problems.sorted { $0.place < $1.place })
    }
    return workflow
  }

  private mutating func checkTopKeys(_ top: LocatedObject) {
    var known = top
    if let member = top.member("version") {
      report.add(
        "version_not_allowed", "'version' is not allowed: the content decides the version",
        path: "version", at: member.keyPlace)
      known.members.removeAll { $0.key == "version" }
    }
    report.checkKeys(
      of: known, known: DefinitionLanguage.top.names, path: "", owner: "the workflow")
  }

  private mutating func readName(_ top: LocatedObject) -> String {
    guard let value = top["workflow"] else {
      report.add(
        "missing_key", "a definition needs 'workflow', its name", path: "workflow", at: top.place)
      return ""
    }
    return name(value, path: "workflow") ?? ""
  }

  private mutating func readNodes(_ top: LocatedObject) {
    guard let value = top["nodes"] else {
      report.add("missing_key", "a definition needs 'nodes'", path: "nodes", at: top.place)
      return
    }
    guard let nodes = report.object(value, path: "nodes") else { return }
    guard !nodes.members.isEmpty else {
      report.add("no_nodes", "a workflow needs at least one node", path: "nodes", at: value.place)
      return
    }
    guard nodes.members.count <= Self.maxNodes else {
      report.add(
        "too_many_nodes", "\(nodes.members.count) nodes, the limit is \(Self.maxNodes)",
        path: "nodes", at: value.place)
      return
    }
    for member in nodes.members {
      let path = "nodes." + member.key.shortened
      checkID(member.key, path: path, at: member.keyPlace)
      readNode(member.key, member.value, path: path, at: member.keyPlace)
    }
  }

  private mutating func readOnError(_ value: LocatedValue) {
    guard value.object != nil else {
      onError = references(value, path: "onError")
      if value.array?.isEmpty == true {
        report.add(
          "invalid_value", "onError must name at least one node", path: "onError", at: value.place)
      }
      return
    }
    let id = "on_error"
    if drafts.contains(where: { $0.id == id }) {
      report.add(
        "duplicate_id", "a node written in onError gets the id '\(id)', which another node has",
        path: "onError", at: value.place)
      return
    }
    readNode(id, value, path: "onError", at: value.place)
    onError = [NodeDraft.Reference(id: id, path: "onError", place: value.place)]
  }

  /// An expression where none is looked at would stay as it is, to somebody's surprise.
  private mutating func checkExpressions(
    _ value: LocatedValue, path: String, allowed: Set<SourcePlace>
  ) {
    switch value.content {
    case .string:
      guard value.isTemplate, !allowed.contains(value.textPlace) else { return }
      report.add(
        "expression_not_allowed",
        "an expression cannot stand here: it can in 'with', 'input', 'when', and where a control node says so",
        path: path, at: value.place)
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        checkExpressions(element, path: path + "[\(index)]", allowed: allowed)
      }
    case .object(let object):
      for member in object.members {
        let path = path.appending(key: member.key.shortened)
        if member.key.contains("${{") {
          report.add(
            "expression_not_allowed", "a key cannot be an expression", path: path,
            at: member.keyPlace)
        }
        checkExpressions(member.value, path: path, allowed: allowed)
      }
    default: break
    }
  }

  /// What no string of a definition may hold, keys included.
  private mutating func checkStrings(_ value: LocatedValue, path: String) {
    func check(_ text: String, _ path: String, _ place: SourcePlace) {
      if text.utf8.contains(0) {
        report.add(
          "nul_character", "a text has the character U+0000, which PostgreSQL cannot store",
          path: path, at: place)
      }
    }
    switch value.content {
    case .string(let text): check(text, path, value.place)
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        checkStrings(element, path: path + "[\(index)]")
      }
    case .object(let object):
      for member in object.members {
        let inner = path.appending(key: member.key.shortened)
        check(member.key, inner, member.keyPlace)
        checkStrings(member.value, path: inner)
      }
    default: break
    }
  }
}
