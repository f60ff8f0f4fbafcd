extension DefinitionReader {
  /// `map` or `loop`.
  mutating func readRepetition(_ object: LocatedObject, _ draft: inout NodeDraft) {
    if let member = object.member("map") { readMap(member.value, &draft) }
    guard let member = object.member("loop") else { return }
    if draft.node.repetition != nil {
      report.add(
        "several_repetitions", "a node has 'map' or 'loop', not both", path: draft.path + ".loop",
        at: member.keyPlace)
    }
    readLoop(member.value, &draft)
  }

  private mutating func readMap(_ value: LocatedValue, _ draft: inout NodeDraft) {
    let path = draft.path + ".map"
    draft.node.repetition = .map(.init(over: "", concurrency: 10, onItemFailure: .fail))
    guard let object = report.object(value, path: path) else { return }
    report.checkKeys(
      of: object, known: DefinitionLanguage.map.names, path: path, owner: "map")
    guard let over = object["over"] else {
      report.add(
        "missing_key", "map needs 'over', an expression that gives a list", path: path + ".over",
        at: value.place)
      return
    }
    var map = Repetition.Map(over: "", concurrency: 10, onItemFailure: .fail)
    map.over =
      expression(over, path: path + ".over", expects: .list, isRepeated: false, into: &draft) ?? ""
    if let member = object.member("spread") {
      map.isSpread = flag(member.value, path: path + ".spread")
      draft.spreadPlace = map.isSpread ? member.keyPlace : nil
      // The runs are there for all workers: nothing is spared by holding them back.
      if map.isSpread { map.concurrency = 10_000 }
    }
    if let value = object["concurrency"] {
      map.concurrency = int(value, in: 1...10_000, path: path + ".concurrency") ?? 10
    }
    if let value = object["onItemFailure"] {
      map.onItemFailure =
        report.choice(value, of: Repetition.OnItemFailure.self, path: path + ".onItemFailure")
        ?? .fail
    }
    draft.node.repetition = .map(map)
  }

  private mutating func readLoop(_ value: LocatedValue, _ draft: inout NodeDraft) {
    let path = draft.path + ".loop"
    var loop = Repetition.Loop(whileTrue: nil, until: nil, maxIterations: 100, delay: nil)
    defer { draft.node.repetition = .loop(loop) }
    guard let object = report.object(value, path: path) else { return }
    report.checkKeys(
      of: object, known: DefinitionLanguage.loop.names, path: path, owner: "loop")
    if let value = object["while"] {
      loop.whileTrue = expression(
        value, path: path + ".while", expects: .bool, isRepeated: true, into: &draft)
    }
    if let value = object["until"] {
      loop.until = expression(
        value, path: path + ".until", expects: .bool, isRepeated: true, into: &draft)
    }
    if object["while"] == nil, object["until"] == nil {
      report.add(
        "missing_key", "loop needs 'while' or 'until', an expression that ends it", path: path,
        at: value.place)
    }
    if let value = object["maxIterations"] {
      loop.maxIterations = int(value, in: 1...10_000, path: path + ".maxIterations") ?? 100
    }
    if let value = object["delay"] {
      loop.delay = report.duration(value, path: path + ".delay")
    }
  }
}
