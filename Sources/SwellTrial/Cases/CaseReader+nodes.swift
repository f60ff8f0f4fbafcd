import CEL
import SwellModel

extension CaseReader {
  private static let ways = ["output", "error", "attempts", "outputs", "items", "iterations"]

  /// What a node gives: an object, or a list of its attempts.
  mutating func readNode(_ member: LocatedObject.Member, path: String) -> ScriptedReply? {
    guard let node = node(member.key, path: path, at: member.keyPlace) else { return nil }
    switch node.control {
    case .branch?, .wait?, .approval?:
      let remedy =
        switch node.control {
        case .approval?: "answer it in 'answers'"
        case .wait(.signal)?: "send it what it waits for in 'signals'"
        default: "it does what it says"
        }
      report.add(
        "control_reply", "'\(node.id)' is a \(node.kind) and needs no reply: \(remedy)", path: path,
        at: member.keyPlace)
      return nil
    default: return reply(member.value, of: node, path: path, isPart: false)
    }
  }

  private mutating func reply(
    _ value: LocatedValue, of node: Node, path: String, isPart: Bool
  ) -> ScriptedReply? {
    if value.array != nil { return attempts(value, of: node, path: path) }
    guard let object = value.object else {
      report.add(
        "wrong_type",
        "\(path) must be an object such as {output: 1} or {error: {kind: transport}}, or a list of them, not "
          + value.description, path: path, at: value.place)
      return nil
    }
    report.checkKeys(of: object, known: Self.ways + ["takes"], path: path, owner: path)
    let ways = object.members.filter { Self.ways.contains($0.key) }
    guard ways.count == 1, let way = ways.first else {
      report.add(
        "invalid_value",
        ways.isEmpty
          ? "\(path) needs one of \(Self.ways.alternatives)"
          : "\(path) has '\(ways[0].key)' and '\(ways[1].key)'; keep one", path: path,
        at: ways.dropFirst().first?.keyPlace ?? value.place)
      return nil
    }
    let inner = path + "." + way.key
    var reply: ScriptedReply?
    switch way.key {
    case "output": reply = output(way.value, of: node, path: inner)
    case "error":
      reply = error(way.value, path: inner).map { ScriptedReply(way: .error($0), path: inner) }
    case "attempts": reply = attempts(way.value, of: node, path: inner)
    default: reply = parts(way, of: node, path: inner, isPart: isPart)
    }
    if let takes = object.member("takes") {
      switch reply?.way {
      case .output, .computed, .error, nil:
        reply?.takes = span(takes.value, path: path + ".takes") ?? .zero
      case .attempts, .parts:
        report.add(
          "misplaced_takes", "'takes' stands beside an output or an error: give it to each",
          path: path + ".takes", at: takes.keyPlace)
      }
    }
    return reply
  }

  private mutating func attempts(
    _ value: LocatedValue, of node: Node, path: String
  ) -> ScriptedReply? {
    guard let elements = value.array, !elements.isEmpty else {
      report.add(
        "wrong_type", "\(path) must be a list of what each attempt gives", path: path,
        at: value.place)
      return nil
    }
    var replies: [ScriptedReply] = []
    for (index, element) in elements.enumerated() {
      let inner = path + "[\(index)]"
      guard let reply = reply(element, of: node, path: inner, isPart: true) else { continue }
      if case .attempts = reply.way {
        report.add(
          "wrong_type", "\(inner) is one attempt: it has an output or an error", path: inner,
          at: element.place)
        continue
      }
      replies.append(reply)
    }
    return ScriptedReply(way: .attempts(replies), path: path)
  }

  private mutating func parts(
    _ way: LocatedObject.Member, of node: Node, path: String, isPart: Bool
  ) -> ScriptedReply? {
    let (isMap, isLoop) =
      switch node.repetition {
      case .map: (true, false)
      case .loop: (false, true)
      case nil: (false, false)
      }
    let fits = way.key == "outputs" ? isMap || isLoop : way.key == "items" ? isMap : isLoop
    guard fits, !isPart else {
      report.add(
        "misplaced_parts",
        isPart
          ? "'\(way.key)' stands right under the node"
          : "'\(way.key)' is for a node with \(way.key == "items" ? "map" : way.key == "iterations" ? "loop" : "map or loop"); "
            + "'\(node.id)' has 'attempts'", path: path, at: way.keyPlace)
      return nil
    }
    guard let elements = way.value.array else {
      report.add(
        "wrong_type", "\(path) must be a list, not \(way.value.description)", path: path,
        at: way.value.place)
      return nil
    }
    var replies: [ScriptedReply] = []
    for (index, element) in elements.enumerated() {
      let inner = path + "[\(index)]"
      let reply =
        way.key == "outputs"
        ? output(element, of: node, path: inner)
        : reply(element, of: node, path: inner, isPart: true)
      if let reply { replies.append(reply) }
    }
    return ScriptedReply(way: .parts(replies), path: path)
  }

  private mutating func output(
    _ value: LocatedValue, of node: Node, path: String
  ) -> ScriptedReply? {
    let environment = TrialBindings.environment(of: node)
    guard checkTemplates(value, environment, path: path) else {
      return ScriptedReply(way: .output(value.json.payload), path: path)
    }
    do throws(CELProblems) {
      let template = try environment.template(json: value.json.payload.bytes)
      return ScriptedReply(way: .computed(template, environment), path: path)
    } catch {
      // Each was reported where it stands.
      return nil
    }
  }

  /// Reports what is wrong with expressions, where they stand. Returns whether there are any.
  private mutating func checkTemplates(
    _ value: LocatedValue, _ environment: CELEnvironment, path: String
  ) -> Bool {
    switch value.content {
    case .string(let text):
      guard value.isTemplate else { return false }
      compile(text, environment, path: path, in: value)
      return true
    case .array(let elements):
      var found = false
      for (index, element) in elements.enumerated() {
        if checkTemplates(element, environment, path: path + "[\(index)]") { found = true }
      }
      return found
    case .object(let object):
      var found = false
      for member in object.members {
        if checkTemplates(member.value, environment, path: path.appending(key: member.key)) {
          found = true
        }
      }
      return found
    default: return false
    }
  }

  /// A template, or its problems where they are.
  @discardableResult
  mutating func compile(
    _ text: String, _ environment: CELEnvironment, path: String, in value: LocatedValue
  ) -> CELTemplate? {
    let place = value.textPlace
    do throws(CELProblems) {
      return try environment.template(
        text, origin: CELPlace(line: place.line, column: place.column))
    } catch {
      for problem in error.all {
        report.add(
          "expression_\(problem.code.rawValue)", problem.message, path: path,
          at: problem.place.map { value.place(ofLine: $0.line, column: $0.column) } ?? place)
      }
      return nil
    }
  }

  private mutating func error(_ value: LocatedValue, path: String) -> NodeError? {
    if value.string != nil {
      return report.choice(value, of: ErrorKind.self, path: path).map { NodeError($0, $0.rawValue) }
    }
    guard let object = report.object(value, path: path) else { return nil }
    report.checkKeys(
      of: object, known: ["kind", "message", "code", "retryAfter", "metadata"], path: path,
      owner: "an error")
    guard let kind = object["kind"] else {
      report.add(
        "missing_key", "an error needs 'kind', such as transport or validation",
        path: path + ".kind",
        at: value.place)
      return nil
    }
    guard let kind = report.choice(kind, of: ErrorKind.self, path: path + ".kind") else {
      return nil
    }
    var error = NodeError(kind, kind.rawValue)
    if let value = object["message"] {
      error.message = report.string(value, path: path + ".message") ?? ""
    }
    if let value = object["code"] { error.code = report.string(value, path: path + ".code") }
    if let value = object["retryAfter"] {
      error.retryAfter = span(value, path: path + ".retryAfter")
    }
    if let value = object["metadata"],
      let metadata = report.object(value, path: path + ".metadata")
    {
      for member in metadata.members {
        let inner = path + ".metadata." + member.key
        if let text = report.string(member.value, path: inner) {
          error.context.metadata[member.key] = text
        }
      }
    }
    return error
  }
}
