import CEL

extension DefinitionReader {
  /// What a control node does: the value under the key that makes it one.
  mutating func readControl(_ object: LocatedObject, _ draft: inout NodeDraft) {
    guard let value = object[draft.node.kind] else { return }
    let path = draft.path + "." + draft.node.kind
    switch draft.node.kind {
    case "branch": readBranch(value, path: path, &draft)
    case "wait": readWait(value, path: path, &draft)
    case "call": readCall(value, path: path, &draft)
    default: readApproval(value, path: path, &draft)
    }
    let reason =
      draft.node.kind == "call"
      ? "; the nodes of its workflow have theirs" : ": it executes nothing"
    for key in DefinitionLanguage.keysNot(for: draft.node.kind) {
      guard let member = object.member(key) else { continue }
      report.add(
        "control_key", "'\(key)' means nothing for \(draft.node.kind)\(reason)",
        path: draft.path + "." + key, at: member.keyPlace)
    }
  }

  private mutating func readBranch(
    _ value: LocatedValue, path: String, _ draft: inout NodeDraft
  ) {
    draft.node.control = .branch([])
    guard let arms = value.array, !arms.isEmpty else {
      report.add(
        "wrong_type", "branch must be a list of arms such as {when: ${{ … }}, then: [a]}",
        path: path, at: value.place)
      return
    }
    for (index, element) in arms.enumerated() {
      let path = path + "[\(index)]"
      guard let arm = report.object(element, path: path) else { continue }
      report.checkKeys(
        of: arm, known: DefinitionLanguage.arm.names, path: path, owner: "an arm of a branch")
      if let otherwise = arm.member("otherwise") {
        if arm.members.count > 1 || index + 1 < arms.count {
          report.add(
            "misplaced_otherwise", "'otherwise' stands by itself, as the last arm of a branch",
            path: path + ".otherwise", at: otherwise.keyPlace)
        }
        draft.arms.append(
          NodeDraft.Arm(
            when: nil, then: references(otherwise.value, path: path + ".otherwise")))
        continue
      }
      guard let when = arm["when"], let then = arm["then"] else {
        report.add(
          "missing_key", "an arm of a branch needs 'when' and 'then', or 'otherwise' alone",
          path: path, at: element.place)
        // It is looked at all the same.
        for member in arm.members {
          collectTemplates(
            member.value, path: path + "." + member.key, isRepeated: false, into: &draft)
        }
        continue
      }
      let condition = expression(
        when, path: path + ".when", expects: .bool, isRepeated: false, into: &draft)
      draft.arms.append(
        NodeDraft.Arm(when: condition, then: references(then, path: path + ".then")))
    }
  }

  private mutating func readWait(
    _ value: LocatedValue, path: String, _ draft: inout NodeDraft
  ) {
    draft.node.control = .wait(.duration("1s"))
    guard let object = report.object(value, path: path) else { return }
    report.checkKeys(
      of: object, known: DefinitionLanguage.wait.names, path: path, owner: "wait")
    let ways = ["duration", "until", "signal"].filter { object[$0] != nil }
    guard ways.count == 1, let way = ways.first, let what = object[way] else {
      report.add(
        "invalid_value", "wait needs one of duration, until or signal", path: path,
        at: value.place)
      return
    }
    var timeout: Duration?
    if let member = object.member("timeout") {
      if way != "signal" {
        report.add(
          "timeout_without_signal", "timeout means nothing without signal",
          path: path + ".timeout", at: member.keyPlace)
      }
      timeout = report.duration(member.value, path: path + ".timeout")
    }
    let path = path + "." + way
    switch way {
    case "duration":
      if what.isTemplate {
        collectTemplates(what, path: path, isRepeated: false, into: &draft)
        draft.node.control = .wait(.duration(what.string ?? ""))
      } else if report.duration(what, path: path) != nil, let text = what.string {
        draft.node.control = .wait(.duration(text))
      }
    case "until":
      if what.isTemplate {
        collectTemplates(what, path: path, isRepeated: false, into: &draft)
        draft.node.control = .wait(.until(what.string ?? ""))
      } else if let text = report.string(what, path: path) {
        if (try? CELTimestamp(parsing: text)) == nil {
          report.add(
            "invalid_timestamp",
            "until must be a time such as 2027-01-31T09:00:00Z, or an expression", path: path,
            at: what.place)
        }
        draft.node.control = .wait(.until(text))
      }
    default:
      if let name = signalName(what, path: path) {
        draft.node.control = .wait(.signal(name, timeout: timeout))
      }
    }
  }

  private mutating func signalName(_ value: LocatedValue, path: String) -> String? {
    name(value, path: path, extra: "-.")
  }

  private mutating func readApproval(
    _ value: LocatedValue, path: String, _ draft: inout NodeDraft
  ) {
    draft.node.control = .approval(.init(title: "", timeout: nil))
    guard let object = report.object(value, path: path) else { return }
    report.checkKeys(
      of: object, known: DefinitionLanguage.approval.names, path: path, owner: "approval")
    guard let title = object["title"] else {
      report.add(
        "missing_key", "approval needs 'title', what is asked", path: path + ".title",
        at: value.place)
      return
    }
    let timeout = object["timeout"].flatMap { report.duration($0, path: path + ".timeout") }
    guard let text = report.string(title, path: path + ".title") else { return }
    if text.isEmpty {
      report.add(
        "invalid_value", "title must not be empty", path: path + ".title", at: title.place)
    }
    collectTemplates(title, path: path + ".title", isRepeated: false, into: &draft)
    draft.node.control = .approval(.init(title: text, timeout: timeout))
  }

  /// `when`, and the control edges.
  mutating func readEdges(_ object: LocatedObject, _ draft: inout NodeDraft) {
    let path = draft.path
    if let value = object["when"] {
      draft.node.when = expression(
        value, path: path + ".when", expects: .bool, isRepeated: false, into: &draft)
    }
    if let value = object["then"] { draft.then = references(value, path: path + ".then") }
    if let member = object.member("otherwise") {
      draft.otherwise = references(member.value, path: path + ".otherwise")
      draft.otherwisePlace = member.keyPlace
    }
    if draft.node.kind == "branch", draft.node.role == .control,
      let member = object.member("then") ?? object.member("otherwise")
    {
      report.add(
        "branch_edges", "the edges of a branch are in its arms", path: path + "." + member.key,
        at: member.keyPlace)
    }
  }
}
