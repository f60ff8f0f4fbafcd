extension DefinitionReader {
  /// `call: shipping`, or an object that says more.
  mutating func readCall(_ value: LocatedValue, path: String, _ draft: inout NodeDraft) {
    var call = Control.Call(workflow: "")
    defer { draft.node.control = .call(call) }
    if value.string != nil {
      call.workflow = name(value, path: path) ?? ""
      return
    }
    guard let object = value.object else {
      report.add(
        "wrong_type",
        "call must be the name of a workflow, or an object with 'workflow', not "
          + value.description, path: path, at: value.place)
      return
    }
    report.checkKeys(
      of: object, known: DefinitionLanguage.call.names, path: path, owner: "call")
    if let workflow = object["workflow"] {
      call.workflow = name(workflow, path: path + ".workflow") ?? ""
    } else {
      report.add(
        "missing_key", "call needs 'workflow', the name of another workflow",
        path: path + ".workflow", at: value.place)
    }
    if let version = object["version"] {
      call.version = int(version, in: 1...Int64(Int32.max), path: path + ".version")
    }
    if let queue = object["queue"] {
      call.queue = name(queue, path: path + ".queue", extra: "-.")
    }
    if let detach = object["detach"] {
      call.isDetached = flag(detach, path: path + ".detach")
      draft.detachPlace = call.isDetached ? detach.place : nil
    }
  }
}
