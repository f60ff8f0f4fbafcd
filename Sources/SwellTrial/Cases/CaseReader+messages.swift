import SwellModel

extension CaseReader {
  /// `answers`, `signals` and `cancel`.
  mutating func readMessages(
    _ object: LocatedObject, path: String, into trial: inout WorkflowTrial
  ) {
    if let value = object["answers"],
      let answers = report.object(value, path: path + ".answers")
    {
      for member in answers.members {
        if let message = answer(member, path: path + ".answers." + member.key) {
          trial.messages.append(message)
        }
      }
    }
    if let value = object["signals"] {
      if let elements = value.array {
        for (index, element) in elements.enumerated() {
          if let message = signal(element, path: path + ".signals[\(index)]") {
            trial.messages.append(message)
          }
        }
      } else {
        report.add(
          "wrong_type", "signals must be a list such as [{name: paid, payload: 1}]",
          path: path + ".signals", at: value.place)
      }
    }
    if let value = object["cancel"], let message = cancel(value, path: path + ".cancel") {
      trial.messages.append(message)
    }
  }

  private mutating func answer(
    _ member: LocatedObject.Member, path: String
  ) -> TrialMessage? {
    guard let node = node(member.key, path: path, at: member.keyPlace) else { return nil }
    guard case .approval? = node.control else {
      report.add(
        "not_approval", "'\(node.id)' is no approval: nothing asks for an answer", path: path,
        at: member.keyPlace)
      return nil
    }
    if let word = member.value.string {
      guard word == "approved" || word == "rejected" else {
        report.add(
          "invalid_value", "\(path) must be approved, rejected, or an object", path: path,
          at: member.value.place,
          suggestion: report.suggestion(for: word, among: ["approved", "rejected"]))
        return nil
      }
      return TrialMessage(
        .answer(node: node.id, isYes: word == "approved", comment: nil), .afterAsked(.zero))
    }
    guard let object = report.object(member.value, path: path) else { return nil }
    report.checkKeys(
      of: object, known: ["approved", "comment", "by", "after", "at"], path: path,
      owner: "an answer")
    guard let isYes = object["approved"]?.bool else {
      report.add(
        object["approved"] == nil ? "missing_key" : "wrong_type",
        "an answer needs 'approved', true or false", path: path + ".approved",
        at: object["approved"]?.place ?? object.place)
      return nil
    }
    let comment = object["comment"].flatMap { report.string($0, path: path + ".comment") }
    return TrialMessage(
      .answer(node: node.id, isYes: isYes, comment: comment), time(object, path: path),
      sender: sender(object, "by", path: path))
  }

  private mutating func signal(_ value: LocatedValue, path: String) -> TrialMessage? {
    guard let object = report.object(value, path: path) else { return nil }
    report.checkKeys(
      of: object, known: ["name", "payload", "from", "after", "at"], path: path, owner: "a signal")
    guard let value = object["name"] else {
      report.add("missing_key", "a signal needs 'name'", path: path + ".name", at: value.place)
      return nil
    }
    guard let name = report.string(value, path: path + ".name") else { return nil }
    let known = definition.workflow.nodes.compactMap { node -> String? in
      if case .wait(.signal(let name, _)) = node.control { name } else { nil }
    }
    if !known.contains(name) {
      report.add(
        "unknown_signal", "no node waits for a signal '\(name.shortened)'", path: path + ".name",
        at: value.place, suggestion: report.suggestion(for: name, among: known))
    }
    let payload = object["payload"].map { literal($0, path: path + ".payload").payload }
    return TrialMessage(
      .signal(name: name, payload: payload ?? .null), time(object, path: path),
      sender: sender(object, "from", path: path))
  }

  private mutating func cancel(_ value: LocatedValue, path: String) -> TrialMessage? {
    guard let object = report.object(value, path: path) else { return nil }
    report.checkKeys(of: object, known: ["at", "by", "reason"], path: path, owner: "cancel")
    guard let at = object["at"] else {
      report.add(
        "missing_key", "cancel needs 'at': how long after the run began", path: path + ".at",
        at: value.place)
      return nil
    }
    let reason = object["reason"].flatMap { report.string($0, path: path + ".reason") }
    return TrialMessage(
      .cancel(reason: reason), .at(span(at, path: path + ".at") ?? .zero),
      sender: sender(object, "by", path: path))
  }

  private mutating func sender(
    _ object: LocatedObject, _ key: String, path: String
  ) -> String {
    object[key].flatMap { report.string($0, path: path + "." + key) } ?? "tester"
  }

  private mutating func time(_ object: LocatedObject, path: String) -> TrialMessage.Time {
    if let member = object.member("at") {
      if object["after"] != nil {
        report.add(
          "several_times",
          "'after' counts from when something waits for it, 'at' from when the run began; keep one",
          path: path + ".at", at: member.keyPlace)
      }
      return .at(span(member.value, path: path + ".at") ?? .zero)
    }
    return .afterAsked(object["after"].flatMap { span($0, path: path + ".after") } ?? .zero)
  }
}
