import CEL
import SwellModel

/// Reads the cases of a file. It goes on after each problem, so that all of them are reported at once.
struct CaseReader {
  let definition: WorkflowDefinition
  let ids: [String]
  var report = DefinitionReport()
  /// What holds for cases that say nothing themselves.
  var shared = Shared()

  struct Shared {
    var nodes: [String: ScriptedReply] = [:]
    var replies: [String: TrialCase.Location] = [:]
    var secrets: [String: String] = [:]
    var start: Int64?
    var seed: UInt64?
  }

  private static let sharedKeys = ["nodes", "secrets", "at", "seed"]
  private static let caseKeys =
    ["name", "input", "answers", "signals", "cancel", "circuits", "expect"] + sharedKeys

  init(_ definition: WorkflowDefinition) {
    self.definition = definition
    ids = definition.workflow.nodes.map(\.id)
  }

  mutating func read(_ document: LocatedValue) -> [TrialCase] {
    guard let top = document.object else { return [] }
    report.checkKeys(
      of: top, known: ["workflow", "cases"] + Self.sharedKeys, path: "", owner: "the cases file")
    shared = readShared(top, path: "", over: Shared())
    guard let value = top["cases"] else {
      report.add("missing_key", "a cases file needs 'cases', a list", path: "cases", at: top.place)
      return []
    }
    guard let elements = value.array, !elements.isEmpty else {
      report.add(
        "wrong_type", "cases must be a list of at least one case, not \(value.description)",
        path: "cases", at: value.place)
      return []
    }
    var cases: [TrialCase] = []
    var names: Set<String> = []
    for (index, element) in elements.enumerated() {
      let path = "cases[\(index)]"
      guard let object = report.object(element, path: path) else { continue }
      let test = readCase(object, index: index, path: path)
      if !names.insert(test.name).inserted {
        report.add(
          "duplicate_name", "another case has the name '\(test.name.shortened)'",
          path: path + ".name", at: test.place)
      }
      cases.append(test)
    }
    return cases
  }

  private mutating func readShared(
    _ object: LocatedObject, path: String, over base: Shared
  ) -> Shared {
    var result = base
    if let member = object.member("nodes") {
      let inner = path.appending(key: "nodes")
      result.replies[""] = TrialCase.Location(path: inner, place: member.keyPlace)
      if let nodes = report.object(member.value, path: inner) {
        for node in nodes.members {
          guard let reply = readNode(node, path: inner.appending(key: node.key)) else { continue }
          result.nodes[node.key] = reply
          result.replies[node.key] = TrialCase.Location(path: reply.path, place: node.keyPlace)
        }
      }
    }
    if let value = object["secrets"] {
      readSecrets(value, path: path.appending(key: "secrets"), into: &result.secrets)
    }
    if let value = object["at"] {
      let path = path.appending(key: "at")
      if let text = report.string(value, path: path) {
        if let time = try? CELTimestamp(parsing: text) {
          result.start = time.seconds * 1_000_000 + Int64(time.nanoseconds) / 1000
        } else {
          report.add(
            "invalid_timestamp", "at must be a time such as 2027-01-31T09:00:00Z", path: path,
            at: value.place)
        }
      }
    }
    if let value = object["seed"] {
      if let number = value.int {
        result.seed = UInt64(bitPattern: number)
      } else {
        report.add(
          "wrong_type", "seed must be a whole number, not \(value.description)",
          path: path.appending(key: "seed"), at: value.place)
      }
    }
    return result
  }

  private mutating func readSecrets(
    _ value: LocatedValue, path: String, into secrets: inout [String: String]
  ) {
    guard let object = report.object(value, path: path) else { return }
    for member in object.members {
      let inner = path.appending(key: member.key)
      guard let text = report.string(member.value, path: inner) else { continue }
      if text.utf8.count < 4 {
        report.add(
          "invalid_value", "a secret has at least 4 bytes: shorter ones are refused by workers",
          path: inner, at: member.value.place)
      }
      secrets[member.key] = text
    }
  }

  private mutating func readCase(
    _ object: LocatedObject, index: Int, path: String
  ) -> TrialCase {
    report.checkKeys(of: object, known: Self.caseKeys, path: path, owner: "a case")
    var name = "case \(index + 1)"
    if let value = object["name"], let text = report.string(value, path: path + ".name") {
      name = text
    }
    let own = readShared(object, path: path, over: shared)
    var trial = WorkflowTrial(definition)
    if let member = object.member("input") {
      trial.input = literal(member.value, path: path + ".input").payload
    }
    if let problem = trial.inputProblem {
      report.add(
        problem.code, problem.message, path: path + ".input",
        at: object["input"]?.place ?? object.place)
    }
    trial.secrets = own.secrets
    if let start = own.start { trial.startMicroseconds = start }
    trial.seed = own.seed
    let input = trial.input
    for (id, reply) in own.nodes {
      trial.node(id) { attempt in try reply.reply(to: attempt, input: input) }
    }
    readMessages(object, path: path, into: &trial)
    if let value = object["circuits"] {
      readCircuits(value, path: path + ".circuits", into: &trial)
    }
    let expectations = readExpect(object, path: path)
    var replies = own.replies
    if replies[""] == nil || object["nodes"] == nil {
      replies[""] = TrialCase.Location(path: path, place: object.place)
    }
    return TrialCase(
      name: name, place: object.place, trial: trial, expectations: expectations,
      replies: replies)
  }

  private mutating func readCircuits(
    _ value: LocatedValue, path: String, into trial: inout WorkflowTrial
  ) {
    guard let object = report.object(value, path: path) else { return }
    let known = Set(definition.workflow.nodes.compactMap(\.circuit)).sorted()
    for member in object.members {
      let inner = path.appending(key: member.key)
      if !known.contains(member.key) {
        report.add(
          "unknown_circuit", "no node has the circuit '\(member.key.shortened)'", path: inner,
          at: member.keyPlace, suggestion: report.suggestion(for: member.key, among: known))
      }
      if let span = report.duration(member.value, path: inner) {
        trial.openCircuits[member.key] = span
      }
    }
  }

  /// A value as it stands: an expression in it would be taken for one, to somebody's surprise.
  mutating func literal(_ value: LocatedValue, path: String) -> JSONValue {
    refuseExpressions(value, path: path)
    return value.json
  }

  private mutating func refuseExpressions(_ value: LocatedValue, path: String) {
    switch value.content {
    case .string:
      guard value.isTemplate else { return }
      report.add(
        "expression_not_allowed",
        "an expression cannot stand here: it can in the output of a node, and in 'that'",
        path: path, at: value.place)
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        refuseExpressions(element, path: path + "[\(index)]")
      }
    case .object(let object):
      for member in object.members {
        refuseExpressions(member.value, path: path.appending(key: member.key.shortened))
      }
    default: break
    }
  }

  /// A node's id that the workflow has, or a problem.
  mutating func node(_ id: String, path: String, at place: SourcePlace) -> Node? {
    if let index = ids.firstIndex(of: id) { return definition.workflow.nodes[index] }
    report.add(
      "unknown_node", "there is no node '\(id.shortened)' in \(definition.name)", path: path,
      at: place, suggestion: report.suggestion(for: id, among: ids))
    return nil
  }

  /// A duration that may be nothing, or a problem.
  mutating func span(_ value: LocatedValue, path: String) -> Duration? {
    if ["0s", "0ms", "0"].contains(value.string) || value.int == 0 { return .zero }
    return report.duration(value, path: path)
  }
}
